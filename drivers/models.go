package drivers

import (
	"strings"
	"time"
)

// Models is how a platform is read and written through gNMI: facts out of platform.yaml, never code.
// Without a path it is not.
type Models struct {
	Origin   string            // of all paths; empty for the device's own models
	Target   string            // of the prefix, where a device asks for one
	Encoding string            // json_ietf or json
	Scalar   bool              // values of leaves are sent as types of gNMI, not in that encoding
	Paths    []string          // what together is the configuration
	State    string            // what containers are called that hold state and no configuration; empty where nothing tells them apart
	Read     map[string]string // the whole vocabulary of Probe: name -> path
	Leaves   map[string]Leaf   // by their names from the root, without keys: /interface/mtu
	Tells    map[string]Tell   // by the names of Read: what their answers say of each

	Least, Most time.Duration // how short and how long a trial may be; without a longest one nothing is written
	Saves       string        // the switch that is on where a device saves what it commits; empty where all do
}

// Leaf is how a value is written in JSON.
type Leaf struct {
	Kind string // string, number, bool; digits: a number where it looks like one
	Many bool   // a list of values
}

// Tell is what a device says of a session or a port: the words of its models.
type Tell struct {
	Up, Down string
	Off      string // the value that switches it off, by its path from there: config/enabled false
	Near     string // of neighbours, which no configuration names: the protocol that sees them, ospf or isis
	Counts   string // of how many routes it tells: received, accepted or advertised
}

// CutPath parts a path from the value behind it; a blank in a key is none of both.
func CutPath(text string) (path, value string) {
	key := false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '[', ']':
			key = text[i] == '['
		case ' ':
			if !key {
				return text[:i], strings.TrimSpace(text[i:])
			}
		}
	}
	return text, ""
}
