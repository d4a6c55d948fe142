"""The check before release: what points at a person is found, and ordinary narratives stay quiet."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cen.leftovers import LONGEST_EXCERPT, find_leftovers

PEOPLE = (
    "Ivan Petrov",
    "María-José Núñez Ortega",
    "Jürgen Müller",
    "O'Brien, Sean",
    "Li Na",
    "王小明",
    "محمد الفاسي",
)
COMPANIES = ("Blue Heron Trading Ltd", "Global Import Export SARL")
NUMBERS = ("AB1234567", "4567-TU-89", "+33 6 12 34 56 78", "X-998877", "0170 555 44 33")

QUIET = [
    # English
    (
        "On 12 March 2019 officers at the airport selected a passenger arriving on flight LH 400. "
        "X-ray of the suitcase showed "
        "a dense mass; 2.345 kg of white powder were found in a false bottom. The field test was "
        "positive for cocaine."
    ),
    (
        "Container MSKU 907032-3 from Guayaquil via Algeciras was scanned on 2021-06-04. Seal ML-CN "
        "0012345 did not match the "
        "declared seal ML-CN 0012346. 1,250 kg of cocaine in 50 sports bags lay behind the doors "
        "(rip-on/rip-off)."
    ),
    "10 master cases with 100 000 cigarettes (500 cartons, 5,000 packs of 20) were hidden behind 22 pallets of tiles.",
    (
        "The parcel RB123456785GB was declared as 'health supplements', 350 g, value 25.00 EUR. It "
        "held 1 000 tablets of "
        "tramadol 225 mg and 480 capsules without a label."
    ),
    "Two shipments under AWB 125-12345675 and AWB 020-45678916 held pangolin scales, HS "
    "0507.10.00.90, 1,203.5 kg in 40 sacks.",
    "IMO 9074729, voyage 0123W, arrived on 03/04/2020 at 06:45 UTC. Position 51.2345, -3.4567. "
    "No crew member was involved.",
    "A lorry with 24 pallets of frozen fish, temperature -18 C, was stopped at km 123. 45 bricks "
    "of 1,050 g were found.",
    "Reference FR-2024-000123 corrects CH-2023-004711. See operation COPPER 2, 15-28 February 2024.",
    "AK-47 type rifles (3), 9 x 19 mm cartridges (1,500) and magazines for 30 rounds, marked 7.62 x 39, made in 1974.",
    "CAS 103-81-1, UN 1942 and HS 2924.29 were named in the safety sheet. The drum weighed 25.5 kg net, 27 kg gross.",
    "Ivory: 12 raw tusks of 4.2-11.7 kg, total 96.3 kg, and 1,140 worked pieces, CITES appendix I, source code I.",
    "Declared: 18,000 kg ceramic tiles, HS 6907.21, value USD 12,400. Found: 9,900,000 sticks of "
    "illicit white cigarettes.",
    "MRN 24DE123456789012A7 of 24.05.2024; risk profile 4711; examined from 08:00 to 17:30 with "
    "4 officers and one dog.",
    "The consignment of 1200 HFC-134a cylinders (13.6 kg each, GWP 1430) lacked a licence; 23,337,600 kg CO2e in all.",
    "Cash: 45 000 EUR in notes of 500, 200 and 50, USD 9,800 and GBP 1,235, in a cereal box of 750 g.",
    "JWH-018, AM-2201 and MAM-2201 were identified by FTIR; 500 g, 1 kg and 2 x 250 g vacuum bags, batch 20190312.",
    "Number plates were covered; 120 metal plates 24 x 36 cm, registration of 12 users, plates 1200 pieces.",
    "Mobile phones 350 units, SIM cards 12000, telephone sets 1250 pieces, fax machines 200, phone unknown.",
    "Dock B-C 12, gate T-B 45, motorways A-7, AP-68 and E40; part no. 06A-115-561B; ticket 0080123456789.",
    # French
    "Le 14 mars 2019, contrôle d'un passager du vol AF 1234 : 3,250 kg d'herbe de cannabis dans deux valises.",
    "Le conteneur TGHU1234567, scellé 0045671, contenait 1 250 000 cigarettes (6 250 cartouches) "
    "sous 18 palettes de riz.",
    "Colis EE473124829CN déclaré « jouets », valeur 12,50 EUR : 40 montres contrefaites, 15 parfums, 3 sacs à main.",
    "Découverte de 12,4 kg de résine en 124 plaquettes de 100 g dans la roue de secours, au péage, à 23 h 45.",
    "Position tarifaire 0507 10 00, 320 kg d'écailles, 5 sacs de 64 kg, origine déclarée "
    "inconnue, saisie du 02/05/2020.",
    "LTA 125-12345675 : 26 cartons, 312,5 kg bruts, 2 400 flacons de 10 ml, lot 123456789, date 2025-11.",
    "Camion citerne de 30 000 litres de gazole ; 28 500 l à 15 °C ; droits éludés de 17 385,00 EUR.",
    "Le navire (IMO 9319466) a quitté le port le 03.02.2021 ; escale de 36 heures ; 2 plongeurs ont visité la coque.",
    "Espèces non déclarées : 98 750 EUR en coupures de 50 et 100, dans un double fond de 4 cm.",
    "Trois tortues vivantes (Testudo graeca), 1,2 kg, 0,9 kg et 0,85 kg, dans une boîte de 30 x 40 x 20 cm.",
    "Dossier FR-2024-000567, rectifié par FR-2024-000568 ; certificat CITES 19FR1234567-I périmé depuis 2018.",
    "Saisie de 250 plants, 4 lampes de 600 W et 12 transformateurs ; hauteur 1,20 m ; 35 m2 de surface.",
    # Spanish
    "El 3 de abril de 2022 se inspeccionó el contenedor CSQU3054383, precinto 9876543, con 23.450 kg de banano.",
    "Se hallaron 1.250,75 kg de cocaína en 1.190 paquetes, valorados en 42.500.000 EUR, tras un doble fondo.",
    "Vuelo IB 6845 procedente de Bogotá: un pasajero con 78 cápsulas ingeridas, peso bruto 0,936 kg.",
    "Envío postal RB123456785GB: 600 comprimidos de 10 mg, 30 blísteres; declarado como vitaminas, valor 15 USD.",
    "Partida arancelaria 2402.20.90, 9.800.000 cigarrillos en 980 cajas; derechos eludidos 1.960.000 euros.",
    "Camión frigorífico con 33 palés de brócoli; 5 mochilas con 150 pastillas de 1 kg cada una, a las 04:30 horas.",
    "Guía aérea 020-45678916 de 12/11/2021; 48 bultos, 612 kg; 14 cajas con 2.800 vapeadores de 600 inhalaciones.",
    "Se incautaron 145 aves vivas, 12 de ellas muertas, en 9 jaulas de 40 x 30 cm ocultas entre 500 sacos de pienso.",
    "Arma corta calibre 9 mm, 2 cargadores de 15 cartuchos y 120 balas, modelo 92, fabricada en 1998.",
    "Operación del 01-02-2023 al 15-02-2023: 210 controles, 17 incautaciones, 3.456 unidades falsificadas.",
    "Referencia ES-2023-001234; unidad 0801; muelle 12; escáner 2; imagen 20230215-0042; 4 agentes.",
    "Divisas: 350.000 MXN y 12.400 USD sin declarar, en fajos de 100 billetes, dentro de un peluche de 40 cm.",
]

FOUND = [
    ("Petrov carried the bag", "name", "Petrov"),
    ("the passenger IVAN PETROV said", "name", "IVAN PETROV"),
    ("PETROV, Ivan was heard", "name", "PETROV, Ivan"),
    ("photo_ivan-petrov_02.jpg", "name", "ivan-petrov"),
    ("IvanPetrov.jpg", "name", "IvanPetrov"),
    ("scan.petrov.ivan.pdf", "name", "petrov.ivan"),
    ("Mrs Maria Jose Nunez", "name", "Maria Jose Nunez"),
    ("Mme ORTÉGA a déclaré", "name", "ORTÉGA"),
    ("Mme Nu\u0301n\u0303ez a déclaré", "name", "Nu\u0301n\u0303ez"),
    ("Herr Mueller fuhr", "name", "Mueller"),
    ("MÜLLER fuhr", "name", "MÜLLER"),
    ("Muller drove", "name", "Muller"),
    ("O'Brien's parcel", "name", "Brien"),
    ("Mr OBrien", "name", "OBrien"),
    ("the crew member Li Na slept", "name", "Li Na"),
    ("NA, LI slept", "name", "NA, LI"),
    ("旅客王小明携带", "name", "王小明"),
    ("السيد محمّد الفاسي", "name", "محمّد الفاسي"),
    ("consigned to Blue Heron", "name", "Blue Heron"),
    ("BLUE_HERON_invoice.pdf", "name", "BLUE_HERON"),
    ("to Global Import-Export SARL, warehouse", "name", "Global Import-Export SARL"),
    ("Pet\u200brov again", "name", "Pet\u200brov"),
    ("document ab 123 4567 shown", "value", "ab 123 4567"),
    ("AB-1234567 shown", "value", "AB-1234567"),
    ("scan_AB1234567.jpg", "value", "AB1234567"),
    ("car 4567 tu 89 left", "value", "4567 tu 89"),
    ("he rang 06.12.34.56.78 twice", "value", "06.12.34.56.78"),
    ("he rang 0033612345678 twice", "value", "0033612345678"),
    ("account X998877", "value", "X998877"),
    ("0170/5554433 answered", "value", "0170/5554433"),
    ("write to someone@example.org", "email", "someone@example.org"),
    ("someone [at] example.org", "email", "someone [at] example.org"),
    ("receipt_someone@example.org.pdf", "email", "receipt_someone@example.org.pdf"),
    ("call +1 (555) 010-9999", "phone", "+1 (555) 010-9999"),
    ("appelé au 07 98 76 54 32 hier", "phone", "07 98 76 54 32"),
    ("su móvil 699 887 766", "phone", "699 887 766"),
    ("call_00441632960123.txt", "phone", "00441632960123"),
    ("P<UTODOE<<JANE<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<", "passport_mrz", "P<UTODOE<<JANE"),
    ("paid from GR16 0110 1050 0000 1054 7023 795", "iban", "GR16 0110 1050 0000 1054 7023 795"),
    ("van with VIN 1M8GDM9AXKP042788", "vin", "1M8GDM9AXKP042788"),
    ("the car AA-229-BC fled", "plate", "AA-229-BC"),
    ("voiture immatriculée 1234 AB 56", "plate", "1234 AB 56"),
    ("furgoneta con matrícula 9876 KLM", "plate", "9876 KLM"),
    ("passport number K1234567", "passport_number", "K1234567"),
    ("placa P-123ABC", "plate", "P-123ABC"),
    ("номер А123ВС77", "plate", "А123ВС77"),
    ("Passport C01X00T47", "passport_number", "C01X00T47"),
    ("phone (0)30 / 12 34 567", "phone", "(0)30 / 12 34 567"),
    ("тел. 8 912 345 67 89", "phone", "8 912 345 67 89"),
    ("IMEI 490154203237518", "imei", "490154203237518"),
]


def test_there_are_enough_of_each() -> None:
    assert len(QUIET) >= 40
    assert len(FOUND) >= 40


@pytest.mark.parametrize("narrative", QUIET)
def test_an_ordinary_narrative_yields_nothing(narrative: str) -> None:
    assert find_leftovers({"narrative": narrative}, names=PEOPLE + COMPANIES, values=NUMBERS) == []


@pytest.mark.parametrize(("text", "kind", "shown"), FOUND)
def test_a_leftover_is_found(text: str, kind: str, shown: str) -> None:
    (leftover,) = find_leftovers({"remarks": text}, names=PEOPLE + COMPANIES, values=NUMBERS)
    assert (leftover.field, leftover.kind) == ("remarks", kind)
    assert text[leftover.start : leftover.end].startswith(shown)
    assert len(leftover.excerpt) <= LONGEST_EXCERPT
    assert str(leftover.sentence).strip()


@pytest.mark.parametrize(
    "text",
    [
        "Ivanovo and Petrovsk are towns",
        "the blueprint of a heronry",
        "general trading and import export business",
        "limited global trading",
        "AB12345678 and XAB1234567 are other numbers",
        "Linate airport",
        "Alina and Naomi",
        "li\nstanding alone, na",
    ],
)
def test_what_only_resembles_a_name_or_number_is_left_alone(text: str) -> None:
    assert find_leftovers({"remarks": text}, names=PEOPLE + COMPANIES, values=NUMBERS) == []


def test_without_names_and_values_a_name_is_not_known() -> None:
    assert find_leftovers({"remarks": "Ivan Petrov"}) == []


def test_each_field_is_named_in_its_order() -> None:
    texts = {
        "narrative": "Petrov, then someone@example.org",
        "media[0].name": "petrov.jpg",
        "remarks": "nothing",
    }
    found = find_leftovers(texts, names=["Ivan Petrov"])
    assert [(one.field, one.kind) for one in found] == [
        ("narrative", "name"),
        ("narrative", "email"),
        ("media[0].name", "name"),
    ]


def test_the_same_place_is_reported_once() -> None:
    (one,) = find_leftovers({"t": "ivan.petrov@example.org"}, names=["Ivan Petrov"])
    assert one.kind == "email"


def test_a_long_find_is_shortened_in_its_excerpt() -> None:
    text = "P<UTODOE<<JANE" + "<" * 30 + "\n" + "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
    (one,) = find_leftovers({"t": f"before {text} after"})
    assert len(one.excerpt) <= LONGEST_EXCERPT
    assert (one.start, one.end) == (7, 7 + len(text))


def test_nothing_hides_behind_a_long_text() -> None:
    text = "ordinary words " * 20_000 + "someone@example.org and Petrov"
    found = find_leftovers({"t": text}, names=["Ivan Petrov"])
    assert [one.kind for one in found] == ["email", "name"]


def test_nothing_hides_where_two_pieces_meet() -> None:
    for shift in range(0, 60, 7):
        text = " " * (99_560 + shift) + "+33 6 98 76 54 32 " + " " * 60_000
        assert [one.kind for one in find_leftovers({"t": text})] == ["phone"]


@pytest.mark.parametrize("piece", ["0", "1", "petrov ", "0170 555 44 33 ", "a", "12345678", "@", "é", "_", "王"])
def test_no_text_is_wearisome(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    start = time.process_time()
    find_leftovers({"t": text}, names=PEOPLE + COMPANIES, values=NUMBERS)
    assert time.process_time() - start < 8


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200), name=st.text(max_size=30), value=st.text(max_size=30))
def test_any_text_name_and_value_can_be_checked(text: str, name: str, value: str) -> None:
    for one in find_leftovers({"t": text}, names=[name], values=[value]):
        assert 0 <= one.start < one.end <= len(text)
        assert len(one.excerpt) <= LONGEST_EXCERPT


@settings(max_examples=200, deadline=None)
@given(
    separators=st.lists(st.sampled_from(["", " ", "-", ".", "/"]), min_size=8, max_size=8),
    before=st.sampled_from(["", "seen ", "no. ", "scan_"]),
)
def test_a_known_number_is_found_in_any_spacing(separators: list[str], before: str) -> None:
    number = "".join(char + gap for char, gap in zip("ABC123456", [*separators, ""], strict=True))
    (one,) = find_leftovers({"t": f"{before}{number} today"}, values=["ABC-123456"])
    assert one.kind == "value"
