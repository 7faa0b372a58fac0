package pairs

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// Mangle gives an indented text as nobody should write it: blocks in another order, given
// twice, in ranges, in short, with lines that stand at another column or behind a word that
// closes.
func Mangle(text []byte, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 11))
	var blocks []string
	for line := range strings.Lines(string(text)) {
		switch n := r.IntN(40); {
		case n == 0:
			line = strings.TrimLeft(line, " ")
		case n == 1:
			line = " " + line
		case n == 2:
			line = strings.Repeat(" ", r.IntN(3)) + "exit\n" + line
		case n == 3:
			line = "! a comment\n" + line
		case n == 4:
			line = strings.Replace(line, "Ethernet", "Et", 1)
		case n < 10 && strings.HasPrefix(line, "vlan "):
			line = strings.TrimSpace(line) + "-1" + strconv.Itoa(r.IntN(90)) + "\n"
		}
		if line[0] == ' ' && len(blocks) > 0 {
			blocks[len(blocks)-1] += line
		} else {
			blocks = append(blocks, line)
		}
	}
	for i := range blocks {
		head, _, _ := strings.Cut(blocks[i], "\n")
		if cut := r.IntN(len(blocks[i])); r.IntN(12) == 0 {
			first, rest, _ := strings.Cut(blocks[i][cut:], "\n")
			blocks[i] = blocks[i][:cut] + first + "\n"
			blocks = append(blocks, head+"\n"+rest)
		}
	}
	if r.IntN(2) == 0 {
		r.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
	}
	return []byte(strings.Join(blocks, ""))
}
