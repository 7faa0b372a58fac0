package pairs

import (
	"strings"

	"plumbline/internal/replay"
	"plumbline/internal/tree/dialect"
)

// Text gives the configuration as a device holds that took its lines one by one.
func (c *Config) Text() []byte { return c.device().Text() }

// device gives the device that took the lines, built once for the same lines.
func (c *Config) device() *replay.Device {
	if c.built == nil {
		c.built = c.blank.Another(nil)
		for _, l := range c.lines {
			c.enter(c.built, l)
		}
		c.built.Top()
	}
	return c.built
}

// now gives other lines.
func (c *Config) now(lines []line) { c.lines, c.built = lines, nil }

// enter gives a device one line; what it refuses is not there.
func (c *Config) enter(dev *replay.Device, l line) {
	var path []string
	for i, r := range l.rules {
		path = append(path, text(r.Pattern, l.slots[i]))
	}
	if c.d.Flat() {
		whole := strings.Join(path, " ")
		switch {
		case c.d.Syntax == "path":
			whole = dialect.JoinPath(path)
		case c.d.Acts == "file":
			whole = strings.Join(path, " { ")
		}
		if dev.Do(c.d.Set+" "+whole) != nil { // what is refused is left out
			return
		}
		for _, t := range l.body {
			_ = dev.Do(c.d.Set + " " + whole + " { " + strings.TrimSpace(t)) //nolint:errcheck // a text takes every line
		}
		return
	}
	for i, t := range path {
		if i == len(path)-1 && l.neg {
			t = c.d.Negate + " " + t
		}
		if dev.Do(t) != nil {
			dev.Top()
			return
		}
	}
	for _, t := range l.body {
		_ = dev.Do(t) //nolint:errcheck // a text takes every line
	}
	dev.Top()
}
