package sample

import "strings"

// The sample's documents have right check characters, so that a client may check them, and cannot belong to anyone: no such
// administrative division, no such day of birth.

// creditCode completes 17 characters of a 统一社会信用代码 with its check character (GB 32100-2015).
func creditCode(body string) string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	sum, weight := 0, 1
	for _, char := range body {
		sum += strings.IndexRune(alphabet, char) * weight
		weight = weight * 3 % 31
	}
	return body + string(alphabet[(31-sum%31)%31])
}

// identityNumber completes 17 digits of a 身份证 number with its check character (GB 11643-1999).
func identityNumber(body string) string {
	const checks = "10X98765432"
	sum := 0
	for i, digit := range body {
		weight := 1
		for range 17 - i {
			weight = weight * 2 % 11
		}
		sum += int(digit-'0') * weight
	}
	return body + string(checks[sum%11])
}
