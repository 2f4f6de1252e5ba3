/* Whole files in and out. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "check.h"
#include "format.h"

static void test_round(arena *a, const char *folder)
{
    heng_err err = {0};
    struct stat st;
    text seen = {0};
    char *path = arena_printf(a, "%s/文件.txt", folder), *link = arena_printf(a, "%s/link", folder);
    check_ok(file_write(path, TEXT("one"), &err), &err, "a file is written");
    check(chmod(path, 0640) == 0 && symlink(path, link) == 0, "it gets a mode and a link");
    check_ok(file_write(link, TEXT("two words"), &err), &err, "and written again through the link");
    check_ok(file_read(a, path, 0, &seen, &err), &err, "and read");
    check_text(seen, TEXT("two words"), "whole");
    check(stat(path, &st) == 0 && (st.st_mode & 0777) == 0640, "the mode is kept");
    check(lstat(link, &st) == 0 && S_ISLNK(st.st_mode), "the link is still one");
    check_ok(file_write(path, TEXT(""), &err) && file_read(a, path, 0, &seen, &err), &err, "an empty file");
    check_int((int64_t)seen.len, 0, "is empty");
    unlink(path);
    unlink(link);
}

static void test_faults(arena *a, const char *folder)
{
    heng_err err = {0};
    text seen = TEXT("untouched");
    table *t = NULL;
    char *missing = arena_printf(a, "%s/none", folder), *below = arena_printf(a, "%s/none/x", folder);
    check_fails(file_read(a, missing, 0, &seen, &err), &err, "format.file_open", "a file that is not there");
    check(strcmp(err.file, missing) == 0, "is named");
    check_text(seen, TEXT("untouched"), "and nothing is given back");
    check_fails(file_read(a, folder, 0, &seen, &err), &err, "format.file_directory", "a folder is no file");
    check_fails(table_open(folder, NULL, &t, &err), &err, "format.file_directory", "nor a table");
    check_fails(file_read(a, "/dev/zero", 100000, &seen, &err), &err, "format.file_too_large", "a file without end");
    check_fails(file_write(folder, TEXT("x"), &err), &err, "format.file_directory", "a folder is not written");
    check_fails(file_write(below, TEXT("x"), &err), &err, "format.file_folder", "a folder that is not there");
    check_ok(file_write("/dev/null", TEXT("x"), &err), &err, "a device is written in place");
    check_fails(file_write("/dev/full", TEXT("x"), &err), &err, "format.file_full", "a full disk");
    check(rmdir(folder) == 0, "no temporary file is left behind");
}

int main(void)
{
    arena a = {0};
    char folder[] = "/tmp/heng-test-XXXXXX";
    if (!check(mkdtemp(folder) != NULL, "a folder for the test")) return check_done();
    test_round(&a, folder);
    test_faults(&a, folder);
    arena_free(&a);
    return check_done();
}
