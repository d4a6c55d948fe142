"""Words that tell what the number after them is, in the languages reports are written in.

All are compared in capitals without accents.
"""

from __future__ import annotations

import re

_REACH = 28

PHONE = re.compile(
    r"\b(?:TEL|TELS|TELEPHON\w*|TELEFON\w*|PHON\w*|TLF|TFNO|MOBIL\w*|MOVIL\w*|PORTABLE|CELULAR|CELL\w*"
    r"|GSM|FAX|WHATSAPP"
    r"|SIGNAL|TELEGRAM|VIBER|SMS|CALL\w*|APPEL\w*|LLAM\w*|MSISDN|HOTLINE|ТЕЛ|ТЕЛЕФОН\w*)\b[^0-9+(\n]{0,16}$"
)
PLATE_WORD = re.compile(
    r"(?<!\w)(?:PLATES?|REG(?:ISTRATION)?|REGISTERED(?: AS)?|IMMATRICUL\w{1,8}|PLAQUES?|MATRICULAS?"
    r"|PLACAS?|PATENTE"
    r"|KENNZEICHEN|TARGA|PLAKA\w{0,4}|НОМЕР\w{0,3})(?!\w)[ :.#\-]{0,3}"
    r"(?:(?:NO|NR|NUMBERS?|N°|Nº|N|NUM|NUMEROS?|MARK|PLATES?|WAS|IS|SOUS LE NUMERO|CON NUMERO"
    r"|DE)(?!\w)[ :.#\-]{0,3}){0,3}"
    r"[\"'(«“]?"
)
"""A word for a vehicle's plate and what may stand between; the plate begins where it ends."""
PASSPORT = re.compile(
    r"\b(?:PASSPORTS?|PASSEPORTS?|PASAPORTES?|PASSAPORTES?|REISEPASS|PP|ID CARD|IDENTITY CARD"
    r"|IDENTITY DOCUMENT|IDENTITE"
    r"|IDENTIDAD|DNI|NIE|CEDULA|CNI|CURP|TRAVEL DOCUMENT|NATIONAL ID|DRIVING LICEN[CS]E|DRIVERS LICEN[CS]E"
    r"|PERMIS DE CONDUIRE|ПАСПОРТ\w*)\b[^0-9\n]{0,14}$"
)
IBAN = re.compile(r"\bIBAN\b[^0-9\n]{0,12}$")
IMEI = re.compile(r"\bIMEI\b[^0-9\n]{0,12}$")
AWB = re.compile(r"\b(?:AWBS?|MAWB|AIR ?WAY ?BILLS?|LTA|GUIA(?: AEREA)?|WAYBILL)\b[^0-9\n]{0,12}$")
CAS = re.compile(r"\bCAS\b[^0-9\n]{0,12}$")
VIN = re.compile(r"\b(?:VIN|CHASSIS|BASTIDOR|FRAME)\b[^0-9\n]{0,12}$")
# After these a long number is a tariff heading, a reference or a thing's own number, not a person's.
THINGS = re.compile(
    r"\b(?:HS|TARIFF|TARIC|COMMODITY|HEADING|SUBHEADING|SH|SA|NC|CN CODE|CODE|CODES|PARTIDA\w*|ARANCEL\w*"
    r"|POSITION|NCM"
    r"|SEALS?|SCELLES?|PRECINTOS?|PLOMBS?|PLOMB|SERIAL|SERIE|SERIES|BATCH|LOT|LOTE|LOTS|LOTES|REF"
    r"|REFERENCE|REFERENCIA"
    r"|DECLARATION|DECLARACION|INVOICE|FACTURE|FACTURA|BOOKING|VOYAGE|VIAJE|B/L|BL|LADING|CONNAISSEMENT"
    r"|CONOCIMIENTO"
    r"|EAN|GTIN|SSCC|BARCODE|MMSI|IMO|MRN|DAU|DUA|SAD|CITES|LICENCE|LICENSE|LICENCIA|PERMIT|PERMISO"
    r"|PERMIS|CERTIFICATE"
    r"|CERTIFICAT|CERTIFICADO|CONTAINER|CONTENEUR|CONTENEDOR|TRACKING|PARCEL|MODEL|MODELE|MODELO|CAS|UN"
    r"|AWB|LTA|FLIGHT"
    r"|VOL|VUELO|WAGON|VAGON|RECEIPT|TICKET|BILLETE?|ORDER|EVENT|CASE|DOSSIER|EXPEDIENTE|MARKED|MARQUES?|MARCAD[OA]S?)\b"
    r"[^0-9A-Z\n]{0,6}(?:(?:NO|NR|NUMBERS?|NUMEROS?|N|NUM|CODE|CODIGO|NOS)\b[^0-9A-Z\n]{0,4})?$"
)


def stands_before(words: re.Pattern[str], text: str, start: int) -> bool:
    """Whether one of ``words`` stands shortly before ``start`` in ``text`` (capitals without accents)."""
    return words.search(text[max(0, start - _REACH) : start]) is not None
