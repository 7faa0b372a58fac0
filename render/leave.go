package render

import (
	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/tree"
)

// leave tells a configuration what stays on its device. What is rendered cannot be left,
// nor can what others are judged by.
func leave(c *tree.Config, d *network.Device, ds *diag.List) {
	for _, s := range d.Leave {
		block := tree.Block(c.Root, s.Path)
		switch {
		case c.Root.Has(s.Path):
			ds.Failf(s.From, "render/leave-owned", "%s: intent asks for %q itself: what is ours cannot be left", d.Name, s.Path)
			continue
		case block.Defines(s.Path):
			ds.Failf(s.From, "render/leave-policy", "%s: %q is part of a policy: it cannot be left", d.Name, s.Path)
			continue
		}
		c.Leave = append(c.Leave, tree.Section{Leave: s.Leave, Path: s.Path, Max: s.Max, From: s.From})
	}
}
