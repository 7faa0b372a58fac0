package replay

import "strings"

// Asks gives what the device asks back before it carries a line out, and what it must be told
// to do so; nothing where it does not ask.
func (dev *Device) Asks(line string) (question, reply string) {
	rest, takes := strings.CutPrefix(line, dev.d.Negate+" ")
	if !takes {
		return "", ""
	}
	for in := dev.mode; in != nil; in = in.up {
		for _, r := range dev.kids(in) {
			if r.Confirm == "" {
				continue
			}
			if got := dev.undoes(r, line, rest); got != nil && dev.fitting(in, r, got) != nil {
				return r.Confirm, r.Answer
			}
		}
	}
	return "", ""
}
