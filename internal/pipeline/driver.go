package pipeline

import (
	"slices"
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
	"plumbline/inventory"
	"plumbline/render"
)

// spoken refuses a driver that the platform of a device does not speak, at its place.
func spoken(inv *inventory.Inventory, platforms map[string]render.Platform, src *strict.Source) (ds diag.List) {
	for i := range inv.Devices {
		d := &inv.Devices[i]
		p := platforms[d.Platform]
		if d.Driver == "" || len(p.Drivers) == 0 || slices.Contains(p.Drivers, string(d.Driver)) {
			continue
		}
		ds.Failf(src.At(&d.Driver), "render/driver", "devices of %s are not reached by %s: name %s, or leave driver out for %s",
			d.Platform, d.Driver, strings.Join(p.Drivers, " or "), p.Driver)
	}
	return ds
}
