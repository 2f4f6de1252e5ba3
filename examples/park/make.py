#!/usr/bin/env python3
"""Writes the tables of the synthetic park: parties, channels and what the generator needs of each channel. Run in this folder after changing a figure.

The park is invented. Its totals are one two-hundredth of what the industry of Tianjin used in 2021 (../tianjin/energy_balance_2021.csv), so that its size and mix
are those of a real city; the split among the enterprises is declared here."""
import csv

SHARE = 200
KWH = 7.529199e6 / 1.229e-4 / SHARE      # electricity of industry, tce calorific -> kWh
GAS = 4.1629e6 / 1.33e-3 / SHARE         # natural gas, tce -> m3
HEAT = 3.0970872e6 / 0.03412 / SHARE     # heat, tce -> GJ
WATER = 4.0e6                            # m3 a year: declared, the balance has none
SLOTS = 35040                            # quarter hours of 2021

# name, industry (GB/T 4754), shares in permille: electricity, gas, heat, water; shape of its load
PARTIES = [
    ("钢材加工", "steel products", "31", 180, 150, 0, 90, "shift_works"), ("有机化工", "organic chemicals", "26", 110, 180, 260, 150, "steady"),
    ("精细化工", "fine chemicals", "26", 60, 70, 140, 80, "steady"), ("水泥粉磨", "cement grinding", "30", 70, 20, 0, 20, "shift_works"),
    ("平板玻璃", "flat glass", "30", 50, 190, 0, 30, "steady"), ("造纸", "paper", "22", 60, 40, 180, 170, "steady"),
    ("食品加工", "food", "13", 25, 40, 80, 90, "shift_works"), ("制药", "medicines", "27", 35, 30, 110, 70, "steady"),
    ("汽车零部件", "car parts", "36", 50, 40, 30, 30, "shift_works"), ("电子元件", "electronic parts", "39", 70, 10, 40, 60, "steady"),
    ("机械制造", "machines", "34", 30, 20, 20, 15, "shift_works"), ("纺织印染", "textiles", "17", 25, 30, 60, 80, "shift_works"),
    ("塑料制品", "plastic products", "29", 35, 10, 20, 15, "shift_works"), ("数据中心", "data centre", "64", 90, 0, 0, 20, "steady"),
    ("冷链物流", "cold chain", "59", 25, 0, 0, 10, "cooling"), ("污水处理", "waste water works", "46", 15, 0, 10, 5, "steady"),
    ("集中供热站", "heat station", "44", 10, 150, 0, 15, "heating"), ("电池制造", "batteries", "38", 40, 10, 40, 25, "steady"),
    ("再生资源", "recycling", "42", 10, 5, 0, 10, "shift_works"), ("研发办公", "offices and research", "73", 10, 5, 10, 15, "offices"),
]
SUBS = [("一车间", 380), ("二车间", 290), ("公用工程", 200), ("办公照明", 110)]   # permille of the main meter; the rest is loss
IT = [("IT一", 330), ("IT二", 330), ("冷却", 240), ("照明及其他", 80)]           # of the data centre: PUE a little above 1.5
SHAPE_OF = {"冷却": "cooling", "办公照明": "offices"}
COLUMNS = ("code meter name party commodity unit kind scale interval_s stamp wait_days roll_over low high rate_per_hour capacity_per_hour calibrated calibration_due "
           "giver taker movement_kind parent formula note").split()


def rest_of(main_kwh, names):
    return [(name, main_kwh * share / 1000) for name, share in names]


channels, profile, parties = [], [], []


def add(code, shape, per_slot, noise, sum_of="", **c):
    row = {k: "" for k in COLUMNS}
    row.update(code=code, meter=code.split("/")[0], interval_s=900, stamp="end" if c["kind"] == "interval" else "", wait_days=3, note="合成数据 synthetic")
    row.update(c)
    channels.append(row)
    profile.append({"channel": code, "shape": shape, "per_slot": round(per_slot), "noise": noise, "sum_of": sum_of})


def electricity(e, name, kwh, shape):
    data_centre = name == "数据中心"
    main, slot = f"{e}-M1/kwh", kwh / SLOTS * 100          # scale 2: counts of 0.01 kWh
    add(main, "sum", slot, 0, sum_of=e, name=f"{name}总表", party=e, commodity="electricity", unit="kWh", kind="counter", scale=2, roll_over=10 ** 12,
        capacity_per_hour=round(slot * 4 * 6), giver="park_pool", taker=e, movement_kind="supply", calibrated="2020-06-01", calibration_due="2025-05-31" if e != "E07" else "2021-05-31")
    for i, (part, amount) in enumerate(rest_of(kwh, IT if data_centre else SUBS)):
        s = amount / SLOTS * 100
        taker = "E14_IT" if data_centre and part.startswith("IT") else e
        add(f"{e}-M{i + 2}/kwh", SHAPE_OF.get(part, shape), s, 60, name=f"{name}{part}", party=taker, commodity="electricity", unit="kWh", kind="interval", scale=2,
            low=0, high=round(s * 8), capacity_per_hour=round(s * 4 * 6), giver=e if taker == e else "E14", taker=taker, movement_kind="use", parent=main)


def others(e, name, i, gas, heat, water, shape):
    if gas:
        s = gas / SLOTS * 1000
        add(f"{e}-G1/m3", shape, s, 80, name=f"{name}燃气", party=e, commodity="natural_gas", unit="m3", kind="counter", scale=3, roll_over=10 ** 12, capacity_per_hour=round(s * 4 * 8),
            giver="park_pool", taker=e, movement_kind="use")
    if heat:
        s = heat / SLOTS * 1000
        add(f"{e}-H1/GJ", "heating", s, 80, name=f"{name}蒸汽", party=e, commodity="heat", unit="GJ", kind="interval", scale=3, low=0, high=round(s * 12), capacity_per_hour=round(s * 4 * 8),
            giver="park_pool", taker=e, movement_kind="use")
    s = water * WATER / 1000 / SLOTS * 1000
    add(f"{e}-W1/m3", shape, s, 120, name=f"{name}取水", party=e, commodity="tap_water", unit="m3", kind="counter", scale=3, roll_over=10 ** 9, reset="", capacity_per_hour=round(s * 4 * 10),
        giver="park_pool", taker=e, movement_kind="supply")
    add(f"{e}-P1/kW", shape, 100000 + 7000 * i, 60, name=f"{name}功率", party=e, commodity="electricity", unit="kW", kind="level", scale=2, low=0, high=2000000, rate_per_hour=900000)
    for k in range(2):
        add(f"{e}-T{k + 1}/C", "steady", 2200 + 300 * k, 30, name=f"{name}{'供水' if k else '环境'}温度", party=e, commodity="heat", unit="1", kind="level", scale=2, low=-4000, high=20000)
    if i in (0, 1, 3, 4, 5, 16):
        add(f"{e}-S1/so2", shape, 1500, 200, name=f"{name}烟气二氧化硫", party=e, commodity="so2", unit="t", kind="interval", scale=6, low=0, high=60000, giver=e, taker="air", movement_kind="emit")
        add(f"{e}-S2/so2c", shape, 1200, 200, name=f"{name}二氧化硫浓度", party=e, commodity="so2", unit="mg/m3", kind="level", scale=2, low=0, high=100000)


for i, (zh, en, industry, p_e, p_g, p_h, p_w, shape) in enumerate(PARTIES):
    e = f"E{i + 1:02d}"
    parties.append([e, "enterprise", f"合成{i + 1:02d}·{zh}", f"synthetic {i + 1:02d} {en}", zh, "park", "", industry, "120000", "data_centre" if zh == "数据中心" else "", "", "2015-01-01"])
    electricity(e, zh, KWH * p_e / 1000, shape)
    others(e, zh, i, GAS * p_g / 1000, HEAT * p_h / 1000, p_w, shape)
i = 0
while len(channels) < 300:  # workshop power meters, so that the park has 300 channels
    e = f"E{i % 20 + 1:02d}"
    add(f"{e}-Q{i // 20 + 1}/kW", PARTIES[i % 20][7], 5000 + 500 * (i % 17), 80, name=f"{PARTIES[i % 20][0]}支路功率{i // 20 + 1}", party=e, commodity="electricity", unit="kW", kind="level", scale=2, low=0, high=200000)
    i += 1

HEAD = "code,class,name_zh,name_en,short_names,place,owner,industry,region_code,role,region,valid_from,valid_to,source,verified,note".split(",")
TOP = [["park", "park", "合成示范园区", "synthetic park", "园区", "", "", "", "120000", ""], ["park_pool", "pool", "园区能源供应", "supply of the park", "供应池", "", "", "", "120000", "supply_pool"],
       ["E14_IT", "process", "数据中心信息设备", "IT equipment of the data centre", "IT设备", "E14", "", "64", "120000", "it_equipment"]]
with open("pack/parties.csv", "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(HEAD)
    for r in TOP[:2] + parties + TOP[2:]:
        w.writerow(r[:10] + ["", "2015-01-01", "", "合成数据", "declared", "synthetic"])
with open("channels.csv", "w", newline="") as f:
    w = csv.DictWriter(f, COLUMNS, lineterminator="\n", extrasaction="ignore")
    w.writeheader()
    w.writerows(channels)
with open("profile.csv", "w", newline="") as f:
    w = csv.DictWriter(f, list(profile[0]), lineterminator="\n")
    w.writeheader()
    w.writerows(profile)
