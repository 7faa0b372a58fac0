package guard

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// volatile are the beginnings of lines that say nothing about what a router does. The
// script on the device has the same list: both sides must reduce to the same bytes.
var volatile = []string{"Building configuration", "Current configuration", "frr version", "frr defaults",
	"hostname ", "log ", "service integrated-vtysh-config", "end"}

// Reduce gives the text by which device and runner agree on what runs.
func Reduce(text []byte) []byte {
	var kept []string
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\r", "")) {
		line = strings.TrimRight(line, " \t\n")
		if line == "" || line == "!" || dropped(line) {
			continue
		}
		if n := len(kept); n > 0 && line == "exit" && always(kept[n-1]) {
			kept = kept[:n-1]
			continue
		}
		kept = append(kept, line)
	}
	return []byte(strings.Join(append(kept, ""), "\n"))
}

// always tells whether a line begins a block that is there even where it holds nothing: some
// daemons of FRR 8.4.4 show it then, and some do not.
func always(line string) bool { return strings.HasPrefix(line, "interface ") || line == "bfd" }

func dropped(line string) bool {
	for _, v := range volatile {
		if strings.HasPrefix(line, v) {
			return true
		}
	}
	return false
}

// Base is what arm compares: the digest of the reduced text.
func Base(text []byte) string {
	sum := sha256.Sum256(Reduce(text))
	return hex.EncodeToString(sum[:])
}
