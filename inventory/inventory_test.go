package inventory_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"testing"

	"plumbline/internal/diag"
	"plumbline/internal/golden"
	"plumbline/internal/strict"
	"plumbline/inventory"
)

// TestInventory plays every case: the devices that were read, and what was refused.
func TestInventory(t *testing.T) {
	golden.Run(t, "testdata/*.txtar", func(t *testing.T, files fs.FS) []byte {
		src := strict.NewSource()
		inv, ds := inventory.Load(files, src)
		var b bytes.Buffer
		for i := range inv.Devices {
			d := &inv.Devices[i]
			if !ds.Failed() {
				fmt.Fprintf(&b, "%s: %s %s %s by %s, router id %s\n", src.At(&d.Name), d.Name, d.Role, d.Endpoint(), d.Credential, d.RouterID())
			}
		}
		diag.Write(&b, ds, func(file string) []byte {
			text, _ := fs.ReadFile(files, file)
			return text
		})
		return b.Bytes()
	})
}
