package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// demoMix is what stands in the racks of the demo: the example network, with three of its
// routers of other vendors. A port is called as its platform calls it; # is its number.
var demoMix = map[string]struct{ platform, port string }{
	"core1-ams": {"ios-xr", "HundredGigE0/0/0/#"},
	"core1-fra": {"junos", "et-0/0/#"},
	"edge1-ams": {"eos", "Ethernet#"},
}

// mixed puts these into the files of a network.
func mixed(network string) error {
	return filepath.WalkDir(network, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ".yaml" {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return os.WriteFile(file, []byte(remade(string(text))), 0o644)
	})
}

// remade is a file of inventory or intent with the platforms and ports of the mix.
func remade(text string) string {
	device := regexp.MustCompile(`^- (?:name|device|router): (\S+)`)
	var out strings.Builder
	var is struct{ platform, port string }
	for line := range strings.Lines(text) {
		if m := device.FindStringSubmatch(line); m != nil {
			is = demoMix[m[1]]
		}
		if is.platform != "" {
			line = strings.Replace(line, "platform: frr", "platform: "+is.platform, 1)
			if before, n, found := strings.Cut(line, "interface: eth"); found {
				line = before + "interface: " + strings.Replace(is.port, "#", strings.TrimSpace(n), 1) + "\n"
			}
		}
		out.WriteString(line)
	}
	return out.String()
}
