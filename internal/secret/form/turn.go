package form

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// seven is what Cisco's type 7 is turned by: two digits say where it begins.
const seven = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"

// Seven turns Cisco's type 7 back.
func Seven(shown string) (clear string, known bool) {
	if len(shown) < 4 || len(shown) > 2*longest {
		return "", false
	}
	at, err := strconv.ParseUint(shown[:2], 10, 8)
	if err != nil || int(at) >= len(seven) {
		return "", false
	}
	b, err := hex.DecodeString(shown[2:])
	if err != nil {
		return "", false
	}
	for i := range b {
		b[i] ^= seven[(int(at)+i)%len(seven)]
	}
	return string(b), true
}

// families are the letters of Junos' $9$, by how many of them follow the first one for nothing.
var families = [4]string{"QzF3n6/9CAtpu0O", "B1IREhcSyrleKvMW8LXx", "7N-dVbwsY2g4oaJZGUDj", "iHkq.mPf5T"}

// weights are what the steps between letters count, for each character in turn.
var weights = [7][]int{{1, 4, 32}, {1, 16, 32}, {1, 8, 32}, {1, 64}, {1, 32}, {1, 4, 16, 128}, {1, 32, 64}}

// Nine turns Junos' $9$ back.
func Nine(shown string) (clear string, known bool) {
	rest, marked := strings.CutPrefix(shown, "$9$")
	if !marked || len(rest) < 2 || len(rest) > 5*longest {
		return "", false
	}
	letters := strings.Join(families[:], "")
	prev, skip := strings.IndexByte(letters, rest[0]), 0
	for i, f := range families {
		if strings.IndexByte(f, rest[0]) >= 0 {
			skip = 3 - i
		}
	}
	if prev < 0 || len(rest) < 1+skip {
		return "", false
	}
	var out []byte
	for rest = rest[1+skip:]; rest != ""; {
		w := weights[len(out)%len(weights)]
		if len(rest) < len(w) {
			return "", false
		}
		sum := 0
		for i, weight := range w {
			at := strings.IndexByte(letters, rest[i])
			step := (at - prev + len(letters)) % len(letters)
			if at < 0 || step == 0 {
				return "", false
			}
			sum, prev = sum+(step-1)*weight, at
		}
		out, rest = append(out, byte(sum)), rest[len(w):]
	}
	return string(out), len(out) > 0
}
