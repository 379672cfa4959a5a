"""How field names spell words in German, Dutch, French, Spanish, Italian and Portuguese.

Each entry leads to the English words that the rules' name patterns use, as in :mod:`.lexicon`. Keys are in lower case
and without accents; umlauts may also be written out (``groesse``). Words that are English ones too are left out unless
they mean the same: ``designation`` is English, ``désignation`` is French, see :data:`ACCENTED`.
"""

from __future__ import annotations

#: German and Dutch: the head of a compound is its last word, as in English.
GERMANIC: dict[str, str] = {
    # people
    "kunde": "customer", "kunden": "customer", "kundin": "customer", "klant": "customer", "klanten": "customer",
    "benutzer": "user", "nutzer": "user", "gebruiker": "user", "mitglied": "member", "mitglieder": "member",
    "besteller": "buyer", "kaeufer": "buyer", "kaufer": "buyer", "koper": "buyer", "empfaenger": "recipient",
    "empfanger": "recipient", "ontvanger": "recipient", "ansprechpartner": "contact person",
    "vorname": "first name", "voornaam": "first name", "nachname": "last name", "familienname": "last name",
    "zuname": "last name", "achternaam": "last name", "naam": "name", "benutzername": "username",
    "gebruikersnaam": "username", "anrede": "salutation", "aanhef": "salutation", "geschlecht": "gender",
    "geslacht": "gender", "alter": "age", "leeftijd": "age", "geburtsdatum": "birth date", "geburtstag": "birth date",
    "geburtsjahr": "birth year", "geboortedatum": "birth date", "beruf": "occupation", "beroep": "occupation",
    "telefon": "phone", "telefonnummer": "phone number", "telefoon": "phone", "telefoonnummer": "phone number",
    "handy": "mobile", "handynummer": "mobile number", "mobil": "mobile", "mobilnummer": "mobile number",
    "mobiltelefon": "mobile phone", "mobiel": "mobile", "rufnummer": "phone number", "telefax": "fax",
    "passwort": "password", "kennwort": "password", "wachtwoord": "password", "ausweisnummer": "identity number",
    "personalausweis": "identity card", "reisepass": "passport", "fuehrerschein": "driver license",
    "kennzeichen": "license plate", "konto": "account", "kontonummer": "bank account number",
    "bankkonto": "bank account", "kontoinhaber": "account holder", "kreditkarte": "credit card",
    "kreditkartennummer": "credit card number", "steuernummer": "tax number", "ustid": "tax id",
    "umsatzsteuer": "tax", "mehrwertsteuer": "tax", "mwst": "tax", "ust": "tax", "btw": "tax", "steuer": "tax",
    "steuersatz": "tax rate", "satz": "rate", "gruppe": "group",
    # places
    "strasse": "street", "straat": "street", "hausnummer": "house number", "huisnummer": "house number",
    "hausnr": "house number", "anschrift": "address", "adresse": "address", "adres": "address",
    "adresszusatz": "address line 2", "postleitzahl": "postal code", "ort": "city", "wohnort": "city",
    "stadt": "city", "plaats": "city", "woonplaats": "city", "stad": "city", "land": "country",
    "bundesland": "state", "staat": "state", "provincie": "province", "breitengrad": "latitude",
    "laengengrad": "longitude", "langengrad": "longitude",
    # items
    "artikel": "item", "produkt": "product", "produkte": "product", "ware": "item", "waren": "item",
    "bezeichnung": "title", "omschrijving": "description", "beschreibung": "description", "marke": "brand",
    "merk": "brand", "hersteller": "manufacturer", "fabrikant": "manufacturer", "lieferant": "supplier",
    "leverancier": "supplier", "haendler": "merchant", "verkaeufer": "seller",
    "verkaufer": "seller", "verkoper": "seller", "kategorie": "category", "categorie": "category",
    "warengruppe": "category", "produktgruppe": "category", "artikelgruppe": "category", "farbe": "color",
    "kleur": "color", "groesse": "size", "grosse": "size", "maat": "size", "werkstoff": "material",
    "zustand": "condition", "menge": "quantity", "anzahl": "quantity", "aantal": "quantity",
    "stueckzahl": "quantity", "stuckzahl": "quantity", "bestand": "stock", "lagerbestand": "stock quantity",
    "lager": "stock", "voorraad": "stock", "verfuegbarkeit": "availability", "verfugbarkeit": "availability",
    "gewicht": "weight", "laenge": "length", "breite": "width", "hoehe": "height",
    "hohe": "height", "einheit": "unit", "mengeneinheit": "quantity unit", "eigenschaften": "attribute",
    "firma": "company", "unternehmen": "company", "bedrijf": "company", "filiale": "store", "bild": "image",
    "bewertung": "rating", "sterne": "star", "kommentar": "comment", "rezension": "review",
    # money and orders
    "bestellung": "order", "bestellungen": "order", "bestelling": "order", "auftrag": "order", "auftrags": "order",
    "bestell": "order", "bestel": "order", "bestellnr": "order number", "rechnung": "invoice",
    "rechnungs": "invoice", "factuur": "invoice", "lieferung": "delivery", "liefer": "delivery",
    "lieferschein": "delivery note", "versand": "shipping", "verzend": "shipping", "zahlung": "payment",
    "zahlungs": "payment", "betaling": "payment", "zahlungsart": "payment method", "zahlart": "payment method",
    "zahlungsweise": "payment method", "zahlungsmethode": "payment method", "betaalmethode": "payment method",
    "betaalwijze": "payment method", "versandart": "shipping method", "lieferart": "delivery method",
    "verzendmethode": "shipping method", "spediteur": "carrier", "sendungsnummer": "tracking number",
    "sendungsverfolgung": "tracking number", "preis": "price", "einzelpreis": "unit price", "stueckpreis": "unit price",
    "stuckpreis": "unit price", "prijs": "price", "eenheidsprijs": "unit price", "betrag": "amount",
    "bedrag": "amount", "gesamt": "total", "gesamtpreis": "total amount", "gesamtsumme": "total amount",
    "gesamtbetrag": "total amount", "summe": "total amount", "zwischensumme": "subtotal", "totaal": "total amount",
    "brutto": "gross", "netto": "net", "nettobetrag": "net amount", "bruttobetrag": "gross amount",
    "kosten": "cost", "versandkosten": "shipping cost", "verzendkosten": "shipping cost", "gebuehr": "fee",
    "gebuhr": "fee", "rabatt": "discount", "korting": "discount", "gutschein": "coupon",
    "gutscheincode": "coupon code", "umsatz": "revenue", "omzet": "revenue", "waehrung": "currency",
    "wahrung": "currency", "valuta": "currency", "guthaben": "balance", "erstattung": "refund", "retoure": "refund",
    # time and the rest
    "datum": "date", "uhrzeit": "time of day", "zeit": "time", "tijd": "time", "zeitstempel": "timestamp",
    "tijdstip": "timestamp", "erstellt": "created", "geaendert": "updated", "geandert": "updated",
    "aktualisiert": "updated", "aangemaakt": "created", "gewijzigd": "updated", "bestelldatum": "order date",
    "lieferdatum": "delivery date", "rechnungsdatum": "invoice date", "wochentag": "weekday", "dauer": "duration",
    "jahr": "year", "monat": "month", "sprache": "language", "taal": "language", "bemerkung": "note",
    "bemerkungen": "note", "hinweis": "note", "anmerkung": "note", "opmerking": "note", "opmerkingen": "note",
    "nachricht": "message", "bericht": "message", "suchbegriff": "search term", "suchwort": "search term",
    "zoekterm": "search term", "ereignis": "event", "sitzung": "session", "nummer": "number", "kennung": "id",
    "geraet": "device", "gerat": "device",
}  # fmt: skip

#: French, Spanish, Italian and Portuguese: the head comes first (``date de commande``), so such names are turned round.
ROMANCE: dict[str, str] = {
    # people
    "cliente": "customer", "clientes": "customer", "utilisateur": "user", "usuario": "user", "utente": "user",
    "usager": "user", "acheteur": "buyer", "comprador": "buyer", "acquirente": "buyer", "destinataire": "recipient",
    "destinatario": "recipient", "prenom": "first name", "apellido": "last name", "apellidos": "last name",
    "cognome": "last name", "sobrenome": "last name", "nom": "name", "nombre": "name", "nome": "name",
    "apodo": "nickname", "civilite": "salutation", "tratamiento": "salutation",
    "sexe": "gender", "sexo": "gender", "sesso": "gender", "genero": "gender", "edad": "age",
    "naissance": "birth", "nacimiento": "birth", "nascita": "birth", "nascimento": "birth", "metier": "occupation",
    "profesion": "occupation", "professione": "occupation", "profissao": "occupation", "courriel": "email",
    "correo": "email", "telefono": "phone", "telefone": "phone", "movil": "mobile",
    "celular": "mobile", "cellulare": "mobile", "telemovel": "mobile", "contrasena": "password", "senha": "password",
    "passeport": "passport", "pasaporte": "passport", "passaporto": "passport", "matricule": "license plate",
    "immatriculation": "license plate", "cuenta": "account", "compte": "account", "conta": "account",
    "bancaire": "bank", "bancaria": "bank", "bancario": "bank", "tarjeta": "card", "carta": "card", "cartao": "card",
    "carte": "card", "fiscale": "national identity", "impuesto": "tax", "impuestos": "tax", "iva": "tax",
    "tva": "tax", "taxe": "tax", "imposto": "tax",
    # places
    "direccion": "address", "indirizzo": "address", "endereco": "address", "domicilio": "address", "rue": "street",
    "calle": "street", "rua": "street", "ville": "city", "ciudad": "city", "citta": "city", "cidade": "city",
    "localidad": "city", "poblacion": "city", "comune": "city", "bairro": "district",
    "partita": "number", "provincia": "province", "departement": "province",
    "estado": "state", "pays": "country", "pais": "country", "paese": "country", "cep": "postal code",
    # items
    "produit": "product", "produits": "product", "producto": "product", "productos": "product", "prodotto": "product",
    "produto": "product", "articulo": "item", "articulos": "item", "articolo": "item", "artigo": "item",
    "libelle": "title", "titre": "title", "titulo": "title", "titolo": "title", "descripcion": "description",
    "descrizione": "description", "descricao": "description", "marque": "brand", "marca": "brand",
    "fabricant": "manufacturer", "fabricante": "manufacturer", "produttore": "manufacturer",
    "fournisseur": "supplier", "proveedor": "supplier", "fornitore": "supplier", "fornecedor": "supplier",
    "vendeur": "seller", "vendedor": "seller", "venditore": "seller", "tienda": "shop",
    "negozio": "shop", "loja": "shop", "categoria": "category", "couleur": "color",
    "colore": "color", "cor": "color", "taille": "size", "talla": "size", "taglia": "size", "tamanho": "size",
    "tamano": "size", "matiere": "material", "materiale": "material", "quantite": "quantity", "cantidad": "quantity",
    "unidades": "quantity", "quantita": "quantity", "quantidade": "quantity", "disponibilite": "availability",
    "disponibilidad": "availability", "disponibilita": "availability", "disponibilidade": "availability",
    "existencias": "stock", "giacenza": "stock", "estoque": "stock", "poids": "weight", "peso": "weight",
    "longueur": "length", "largeur": "width", "hauteur": "height", "altura": "height", "anchura": "width",
    "longitud": "length", "unite": "unit", "unidad": "unit", "entreprise": "company", "societe": "company",
    "empresa": "company", "azienda": "company", "imagen": "image", "imagem": "image", "immagine": "image",
    "valoracion": "rating", "valutazione": "rating", "avaliacao": "rating", "commentaire": "comment",
    "comentario": "comment", "commento": "comment",
    # money and orders
    "commande": "order", "commandes": "order", "pedido": "order", "pedidos": "order", "ordine": "order",
    "ordini": "order", "facture": "invoice", "factura": "invoice", "fattura": "invoice", "fatura": "invoice",
    "panier": "cart", "carrito": "cart", "carrello": "cart", "carrinho": "cart", "livraison": "delivery",
    "entrega": "delivery", "consegna": "delivery", "envio": "shipping",
    "spedizione": "shipping", "frete": "shipping", "paiement": "payment", "pago": "payment", "pagamento": "payment",
    "reglement": "payment", "moyen": "method", "modo": "method", "metodo": "method", "forma": "method",
    "modalite": "method", "transporteur": "carrier", "transportista": "carrier", "corriere": "carrier",
    "transportadora": "carrier", "suivi": "tracking", "seguimiento": "tracking", "tracciamento": "tracking",
    "rastreio": "tracking", "prix": "price", "precio": "price", "prezzo": "price", "preco": "price",
    "unitaire": "unit", "unitario": "unit", "montant": "amount", "importe": "amount", "monto": "amount",
    "importo": "amount", "valor": "amount", "totale": "total", "sous": "sub", "ttc": "gross",
    "frais": "fee", "gastos": "cost", "spese": "cost", "custo": "cost", "costo": "cost", "remise": "discount",
    "rabais": "discount", "descuento": "discount", "desconto": "discount", "sconto": "discount",
    "cupon": "coupon", "cupom": "coupon", "buono": "coupon", "devise": "currency", "moneda": "currency",
    "moeda": "currency", "monnaie": "currency", "solde": "balance", "saldo": "balance",
    "remboursement": "refund", "reembolso": "refund", "rimborso": "refund", "statut": "status", "stato": "status",
    "etat": "status", "situacao": "status",
    # time and the rest
    "fecha": "date", "jour": "day", "dia": "day", "giorno": "day", "heure": "time", "hora": "time", "ora": "time",
    "annee": "year", "anno": "year", "mois": "month", "mes": "month", "mese": "month", "duree": "duration",
    "duracion": "duration", "durata": "duration", "creacion": "created",
    "criacao": "created", "creazione": "created", "langue": "language", "idioma": "language", "lingua": "language",
    "remarque": "note", "remarques": "note", "observacion": "note", "observaciones": "note",
    "observacoes": "note", "nota": "note", "mensaje": "message", "messaggio": "message", "mensagem": "message",
    "recherche": "search", "busqueda": "search", "ricerca": "search", "busca": "search", "evenement": "event",
    "evento": "event", "sesion": "session", "sessione": "session", "sessao": "session", "appareil": "device",
    "dispositivo": "device", "numero": "number", "codigo": "code", "codice": "code", "identifiant": "id",
    "identificador": "id", "referencia": "reference", "riferimento": "reference",
}  # fmt: skip

#: Words that only their accents tell from English ones that mean something else.
ACCENTED: dict[str, str] = {
    "désignation": "title", "dénomination": "title", "catégorie": "category", "matériel": "material",
    "évaluation": "rating", "modèle": "model", "âge": "age", "età": "age", "año": "year", "expédition": "shipping",
    "création": "created", "référence": "reference", "région": "region", "quantité": "quantity", "unité": "unit",
    "opinión": "review", "situação": "status", "intitulé": "title",
}  # fmt: skip

#: Words of Romance names that are English ones too, by what they mean among other words of the kind.
AMONG_ROMANCE: dict[str, str] = {
    "data": "date", "mode": "method", "note": "rating", "cap": "postal code", "via": "street",
    "avis": "review", "portable": "mobile", "ht": "net", "taxes": "tax", "opinion": "review",
}  # fmt: skip

#: Small words between the parts of a name.
JOINTS = frozenset(
    {
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "da",
        "do",
        "dos",
        "das",
        "di",
        "del",
        "della",
        "dello",
        "dei",
        "al",
        "el",
    }
    | {
        "en",
        "van",
        "der",
        "und",
        "et",
        "y",
        "electronico",
        "electronica",
        "electronique",
        "elettronica",
        "eletronico",
    }
)
