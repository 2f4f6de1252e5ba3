#!/usr/bin/env python3
"""What the field sends, made from a seed, with defects at declared rates: frames of HJ 212, and files of readings.

No captured data: the kinds of defects were learnt from public codecs and their reports; devices, values and times are invented. What is made is known: each item
says which defect it has, and the file knows what a reader must find in it.

usage: field.py frames [--seed N] [--count N] [--rate DEFECT=SHARE ...]     frames on stdout, one defect a frame
       field.py csv    [--seed N] [--count N] [--rate DEFECT=SHARE ...]     a file of readings on stdout; what is in it on stderr
       field.py defects                                                      the defects that there are
"""
import argparse, datetime, random, sys

FRAME_DEFECTS = {
    "crc_lower": "the CRC in lower-case letters", "crc_swapped": "the CRC with its bytes exchanged", "crc_modbus": "the CRC of Modbus", "crc_missing": "no CRC",
    "crc_wrong": "a damaged byte", "length_off": "a stated length that is off by one", "no_line_end": "no line end", "time_17": "a time of 17 digits",
    "time_far": "a time forty years ahead", "key_twice": "a key twice with two values", "value_131072": "131072 for a value", "value_text": "-- for a value",
    "half": "cut off in the middle", "gbk": "text in GBK", "blanks": "blanks inside", "noise": "a modem's words before it",
}
TAKEN = {"crc_lower", "crc_swapped", "crc_modbus", "length_off", "no_line_end", "time_17", "gbk", "blanks", "noise"}  # one reader's duty: these say what they mean
CSV_DEFECTS = {
    "again": "the same row again", "late": "a row out of order", "missing": "no row", "text": "-- for a value", "empty": "an empty value", "comma": "a value with thousands set off",
    "full_width": "full-width digits", "slashes": "2024/3/5 8:00 for a time", "corrected": "another value for the same time, further below", "unknown": "a channel that is not there",
}
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def crc(data, modbus=False):
    value = 0xFFFF
    for byte in data:
        value = value ^ byte if modbus else (value >> 8) ^ byte
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return value


def choose(rng, rates):
    """A defect by its rate, or None."""
    at = rng.random()
    for defect, rate in rates.items():
        if at < rate:
            return defect
        at -= rate
    return None


def data_of(mn, when, values, pw="123456", cn=2011, flag=5, defect=None, tail=""):
    stamp = when.strftime("%Y%m%d%H%M%S")
    if defect == "time_17":
        stamp += "000"
    if defect == "time_far":
        stamp = f"{when.year + 40}{stamp[4:]}"
    pairs = [f"{code}-Rtd={value},{code}-Flag=N" for code, value in values]
    if defect == "key_twice":
        pairs.append(f"{values[0][0]}-Rtd=999.9")
    blank = " " if defect == "blanks" else ""
    text = f"QN={when:%Y%m%d%H%M%S}001;ST=32;CN={cn};PW={pw};MN={mn};Flag={flag};CP=&&DataTime={stamp}{blank};{';'.join(pairs)}{tail}&&"
    return text.encode("gbk")


def frame_of(mn, when, values, defect=None, rng=random, **more):
    if defect in ("value_131072", "value_text"):
        values = [(values[0][0], "131072" if defect == "value_131072" else "--"), *values[1:]]
    data = data_of(mn, when, values, defect=defect, tail=";i13013-Info=超标" if defect == "gbk" else "", **more)
    code = "%04X" % crc(data, modbus=defect == "crc_modbus")
    code = {"crc_lower": code.lower(), "crc_swapped": code[2:] + code[:2], "crc_missing": ""}.get(defect, code)
    length = len(data) + (rng.choice([-1, 1]) if defect == "length_off" else 0)
    if defect == "crc_wrong":
        at = rng.randrange(data.find(b"CP=&&") + 5, len(data) - 2)
        data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
    whole = b"##%04d%s%s" % (length, data, code.encode()) + (b"" if defect == "no_line_end" else b"\r\n")
    if defect == "half":
        return whole[:len(whole) // 2]
    return b"AT+CSQ\r\nOK\r\n" + whole if defect == "noise" else whole


def frames(seed, count, rates, mn="010000A8900016F000169DC0", begin=datetime.datetime(2024, 3, 15, 8, tzinfo=SHANGHAI), codes=("w01018", "w21003")):
    """(frame, defect, time, values), a minute apart."""
    rng = random.Random(seed)
    for i in range(count):
        when, defect = begin + datetime.timedelta(minutes=i), choose(rng, rates)
        values = [(code, "%d.%02d" % (rng.randrange(200), rng.randrange(100))) for code in codes]
        yield frame_of(mn, when, values, defect, rng), defect, when, values


class Readings:
    """A file of readings of channels, a quarter of an hour apart, in hundredths. truth: what a reader has of it; second: another value that came later in
    the same file, which a careful reader holds back until somebody says which is right."""

    def __init__(self, seed, count, rates, channels=("M001/kwh",), begin=datetime.datetime(2024, 3, 15, tzinfo=SHANGHAI)):
        rng = random.Random(seed)
        self.rows, self.truth, self.second, self.made = [], {}, {}, dict.fromkeys(rates, 0)
        later = []
        for i in range(count):
            for channel in channels:
                when, defect = begin + datetime.timedelta(minutes=15 * i), choose(rng, rates)
                if defect:
                    self.made[defect] += 1
                self.add(rng, channel, when, rng.randrange(100, 500000), defect, later)
        self.rows += later

    def add(self, rng, channel, when, value, defect, later):
        shown, stamp = f"{value / 100:.2f}", f"{when:%Y-%m-%d %H:%M}"
        if defect == "comma":
            shown = f'"{value / 100:,.2f}"'
        if defect == "full_width":
            shown = shown.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
        if defect in ("text", "empty"):
            shown = "--" if defect == "text" else ""
        if defect == "slashes":
            stamp = f"{when.year}/{when.month}/{when.day} {when.hour}:{when:%M}"
        if defect == "missing":
            return
        row = f"{'X999/kwh' if defect == 'unknown' else channel},{stamp},{shown}"
        if defect == "late":
            later.append(row)
        else:
            self.rows.append(row)
        if defect == "again":
            self.rows.append(row)
        if defect == "corrected":
            self.second[channel, when] = rng.randrange(500000, 900000)
            later.append(f"{channel},{stamp},{self.second[channel, when] / 100:.2f}")
        if defect not in ("text", "empty", "unknown"):
            self.truth[channel, when] = value

    def text(self):
        return "channel,time,value\n" + "".join(row + "\n" for row in self.rows)

    def total(self, channel):
        """In hundredths."""
        return sum(value for (of, _), value in self.truth.items() if of == channel)


def rates_of(given, known):
    rates = {}
    for word in given:
        defect, _, share = word.partition("=")
        if defect not in known:
            sys.exit(f"field.py: no defect {defect!r}, there are: {' '.join(known)}")
        rates[defect] = float(share)
    return rates or {defect: 0.02 for defect in known}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["frames", "csv", "defects"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--rate", action="append", default=[], metavar="DEFECT=SHARE")
    given = parser.parse_args()
    if given.what == "defects":
        for title, defects in (("frames", FRAME_DEFECTS), ("csv", CSV_DEFECTS)):
            print(title)
            for name, says in defects.items():
                print(f"  {name:14}{says}")
    elif given.what == "frames":
        for frame, *_ in frames(given.seed, given.count, rates_of(given.rate, FRAME_DEFECTS)):
            sys.stdout.buffer.write(frame)
    else:
        made = Readings(given.seed, given.count, rates_of(given.rate, CSV_DEFECTS))
        sys.stdout.write(made.text())
        print(f"{len(made.truth)} readings, total {made.total('M001/kwh') / 100:.2f}; {made.made}", file=sys.stderr)


if __name__ == "__main__":
    main()
