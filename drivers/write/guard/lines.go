package guard

import (
	"bytes"
	"fmt"
	"strings"
)

// kind is what a line must do to the mode that the prompt shows.
type kind int

const (
	plain  kind = iota // the mode stays
	header             // the mode changes
	exit               // the mode is again what it was before the header
)

type step struct {
	no   int // line of the script, from 1
	text string
	kind kind
}

// steps reads out of the indentation what every line must do to the mode: a device that
// takes a line in another mode than meant does not say so.
func steps(script []byte) ([]step, error) {
	var out []step
	var depth []int
	no := 0
	for raw := range bytes.Lines(script) {
		no++
		line := strings.TrimRight(string(raw), "\r\n ")
		text := strings.TrimLeft(line, " ")
		if text == "" || text == "!" {
			continue
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '?' }) {
			return nil, fmt.Errorf("line %d holds a question mark or a control character, which a command line takes for a key", no)
		}
		out = append(out, step{no: no, text: line})
		depth = append(depth, len(line)-len(text))
	}
	open := 0
	for i := range out {
		below := i+1 < len(out) && depth[i+1] > depth[i]
		empty := i+1 < len(out) && depth[i+1] == depth[i] && leaves(out[i+1].text) && !leaves(out[i].text) && (i == 0 || depth[i-1] <= depth[i])
		switch {
		case leaves(out[i].text):
			out[i].kind = exit
			if open--; open < 0 {
				return nil, fmt.Errorf("line %d leaves a block that was never entered", out[i].no)
			}
		case below || empty:
			out[i].kind = header
			open++
		}
	}
	return out, nil
}

// leaves tells whether a line is one that closes a block.
func leaves(line string) bool {
	word := strings.TrimLeft(line, " ")
	return word == "exit" || word == "quit" || strings.HasPrefix(word, "exit-")
}
