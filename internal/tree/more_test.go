package tree_test

import (
	"math/rand/v2"
	"slices"
	"strings"

	"plumbline/internal/pairs"
	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// counts is how often each property was asked for.
type counts struct{ back, alone, two, lines, first, spare, dealt, respelled, noisy, cut int }

func (c *counts) add(o counts) {
	c.back, c.alone, c.first, c.dealt = c.back+o.back, c.alone+o.alone, c.first+o.first, c.dealt+o.dealt
	c.two, c.lines, c.spare = c.two+o.two, c.lines+o.lines, c.spare+o.spare
	c.respelled, c.noisy, c.cut = c.respelled+o.respelled, c.noisy+o.noisy, c.cut+o.cut
}

// more asks for the properties that are asked of a part of all pairs: every pair is asked for
// one of them, in turn.
func (p *pair) more(c *pairs.Config, do []tree.Edit) {
	r := rand.New(rand.NewPCG(p.seed, 0x30e))
	switch p.seed % 5 {
	case 0:
		p.wayBack(r)
	case 1:
		p.needed(r, do)
	case 2:
		p.same(c.Permuted(p.seed), "in another order", &p.n.dealt)
	case 3:
		p.same(c.Respelled(p.seed), "spelled otherwise", &p.n.respelled)
	default:
		p.same(c.Noisy(p.seed), "with noise", &p.n.noisy)
		p.cuts(r)
	}
	p.negatedFirst(do)
}

// commands splits a script as it is sent.
func commands(d *dialect.Dialect, script []byte) (out []string) {
	for text := string(script); text != ""; {
		line, rest, _ := strings.Cut(text, "\n")
		if whole := d.Whole(strings.TrimLeft(text, " ")); whole != "" {
			line = whole
			rest = strings.TrimPrefix(strings.TrimLeft(text, " ")[len(whole):], "\n")
		}
		out, text = append(out, line), rest
	}
	return out
}

// wayBack: from a device that stopped in the middle of a script a plan leads back, and is
// proved.
func (p *pair) wayBack(r *rand.Rand) {
	cmds := commands(p.d, p.do)
	if len(cmds) == 0 || !p.d.AtOnce() { // what is not committed is thrown away
		return
	}
	dev := replay.New(p.d, p.from)
	for _, line := range cmds[:1+r.IntN(len(cmds))] {
		if err := dev.Do(line); err != nil {
			p.fail("a step of a proved script is refused: " + err.Error())
			return
		}
	}
	dev.Top()
	now, _ := tree.Parse(p.d, dev.Text())
	have, _ := tree.Parse(p.d, p.have)
	back, _, err := tree.Diff(now, have, tree.Options{})
	if err != nil {
		p.fail("no way back from the middle: " + err.Error())
		return
	}
	p.n.back++
	refused := replay.Check(p.d, tree.Print(now), tree.Print(have), tree.Script(p.d, back))
	if len(refused) > 0 && !p.refusedWell(refused[0]) {
		p.fail("the way back from the middle is not proved: " + string(refused[0].Kind) + ": " + refused[0].Line + ": " + refused[0].Text + "\nfrom:\n" + string(dev.Text()))
	}
}

// needed: one command that is left out is missed.
func (p *pair) needed(r *rand.Rand, do []tree.Edit) {
	if p.d.Acts == "file" || len(do) == 0 {
		return
	}
	p.missed(do, r.IntN(len(do)))
	p.n.alone++
}

// negatedFirst: no value that is overwritten is taken back first.
func (p *pair) negatedFirst(do []tree.Edit) {
	if p.d.Acts == "file" {
		return
	}
	for i, e := range do {
		if !e.Del {
			continue
		}
		head, _, _ := strings.Cut(e.Line, " ")
		for _, o := range do[i+1:] {
			if first, _, _ := strings.Cut(o.Line, " "); !o.Del && first == head && strings.Join(o.Path, "/") == strings.Join(e.Path, "/") {
				p.missed(do, i)
				p.n.first++
				break
			}
		}
	}
}

// missed fails where a script without one command does as well. Of two kinds a few are let pass, and counted: a
// line that makes room, where several want one value or each other's, and a header that is entered once more.
func (p *pair) missed(do []tree.Edit, i int) {
	if s := (&spare{d: p.d, from: p.from, to: p.to, do: do, n: &p.n}); s.missed(i) {
		return
	}
	if do[i].Why == tree.Split || again(do, i) {
		p.n.spare++
		return
	}
	p.fail("this command is not needed: " + do[i].Send)
}

// again tells whether a command is a header that opens its block now, for what waits for it,
// and once more later.
func again(do []tree.Edit, i int) bool {
	inner := append(slices.Clone(do[i].Blocks), do[i].Send)
	return do[i].Opens && slices.ContainsFunc(do[i+1:], func(e tree.Edit) bool {
		return len(e.Blocks) >= len(inner) && slices.Equal(e.Blocks[:len(inner)], inner)
	})
}

// same: what means the same is the same.
func (p *pair) same(other []byte, how string, n *int) {
	*n++
	for _, way := range [][2][]byte{{p.want, other}, {other, p.want}} {
		a, _ := tree.Parse(p.d, way[0])
		b, _ := tree.Parse(p.d, way[1])
		if es, _, err := tree.Diff(a, b, tree.Options{}); err != nil || len(es) > 0 {
			p.fail("wanted " + how + " it is another:\n" + string(tree.Script(p.d, es)) + "---\n" + string(other))
			return
		}
	}
}

// cuts: a text that ends inside a block or a statement is seen to be cut.
func (p *pair) cuts(r *rand.Rand) {
	if p.d.Syntax != "brace" || len(p.have) == 0 {
		return
	}
	for range 4 {
		part := p.have[:r.IntN(len(p.have))]
		p.n.cut++
		if _, notes := tree.Parse(p.d, part); len(notes) == 0 && !betweenStatements(part) {
			p.fail("nobody sees that this is cut:\n" + string(part))
		}
	}
}

// betweenStatements tells whether a text ends between two statements of the top.
func betweenStatements(text []byte) bool {
	depth, quoted, last := 0, false, byte(';')
	for _, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			depth--
		}
		if c > ' ' {
			last = c
		}
	}
	return depth == 0 && !quoted && (last == ';' || last == '}')
}
