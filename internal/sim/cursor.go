package sim

import (
	"slices"
	"strings"

	"plumbline/internal/replay"
)

// cursor is where one session stands in the configuration. A device on paper stands at one
// place only; when another session moved it, the blocks of this one are entered again.
type cursor struct{ blocks []block }

// block is one block that a session entered: its mode, and the lines that may be its head,
// the newest last.
type block struct {
	mode string
	head []string
}

// leaving are the lines that end a block.
var leaving = []string{"exit", "quit", "exit-address-family", "exit-vrf"}

// do takes one configuration line at the place of c.
func (b *Box) do(c *cursor, line string) error {
	if b.at != c {
		b.enter(c)
	}
	err := b.state.Do(line)
	if err == nil {
		c.moved(line, b.state.Mode())
	}
	return err
}

// mode is the prompt mode of c.
func (b *Box) mode(c *cursor) string {
	if b.at != c {
		b.enter(c)
	}
	return b.state.Mode()
}

// top puts c into the top configuration mode.
func (b *Box) top(c *cursor) {
	c.blocks, b.at = nil, c
	b.state.Top()
}

func (b *Box) enter(c *cursor) {
	b.at = c
	b.state.Top()
	for _, bl := range c.blocks {
		b.state.Do(bl.find(b))
	}
}

// find gives the line that entered the block: the newest one that is a block's head when
// it is tried on an empty device.
func (bl block) find(b *Box) string {
	for i := len(bl.head) - 1; i > 0; i-- {
		d := replay.New(b.is.Dialect, b.state.Text())
		if d.Do(bl.head[i]) == nil && d.Mode() == bl.mode {
			return bl.head[i]
		}
	}
	return bl.head[0]
}

// moved notes a line that was taken, and the mode behind it.
func (c *cursor) moved(line, mode string) {
	if mode == "config" || mode == "" {
		c.blocks = nil
		return
	}
	word := strings.TrimSpace(line)
	i := slices.IndexFunc(c.blocks, func(b block) bool { return b.mode == mode })
	switch {
	case i < 0:
		c.blocks = append(c.blocks, block{mode, []string{word}})
	case slices.Contains(leaving, word):
		c.blocks = c.blocks[:i+1]
	default:
		c.blocks = c.blocks[:i+1]
		c.blocks[i].head = append(c.blocks[i].head, word)
	}
}
