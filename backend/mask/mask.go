// Package mask hides the middle of numbers that identify a person or a card, as the portal's screens do (SPEC 0).
package mask

import "unicode/utf8"

const networkDigits = 4

// Card masks a card number: 20 digits lose their 4-digit network number first, so that the result reads as in
// manual 2.5.2, 1811*****9788. Shorter numbers are masked as they are.
func Card(number string) string {
	if len(number) == 20 {
		number = number[networkDigits:]
	}
	return keepEnds(number, 4, 4, "*****")
}

// Tag masks a tag (OBU) number: 3301*****5430 (manual 2.5.3).
func Tag(number string) string { return keepEnds(number, 4, 4, "*****") }

// Phone masks a phone number: 137****2756 (manual 2.3.1).
func Phone(number string) string { return keepEnds(number, 3, 4, "****") }

// Document masks a document number to its first and last character.
func Document(number string) string { return keepEnds(number, 1, 1, "****************") }

// keepEnds shows nothing at all of a text so short that its ends would give it away.
func keepEnds(text string, head, tail int, middle string) string {
	if text == "" {
		return ""
	}
	if utf8.RuneCountInString(text) <= head+tail {
		return middle
	}
	from, to := 0, len(text)
	for range head {
		_, size := utf8.DecodeRuneInString(text[from:])
		from += size
	}
	for range tail {
		_, size := utf8.DecodeLastRuneInString(text[:to])
		to -= size
	}
	return text[:from] + middle + text[to:]
}
