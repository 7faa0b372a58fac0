package validate

import (
	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var peeringMode = Rule{
	ID: "peering/mode", Label: "R-PEER-5", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "A session is with the network itself, whose number begins every path, or with a route server, whose number is in none.",
	Motive:   "A route server is transparent (RFC 7947): held to the first number, all its routes are lost; a neighbor that is not held to it can pose as anybody.",
	Check: func(v View, ds *diag.List) {
		sessions(v.Is, func(d *network.Device, nb *network.Neighbor) {
			server := nb.Relation == "route_server"
			if server == nb.FirstAS {
				ds.Failf(nb.From, "peering/mode", "%s and its neighbor %s: the first number of a path is asked for exactly where the neighbor is no route server", d.Name, nb.Addr)
			}
			if server != (nb.Role == "rs-client") {
				ds.Failf(nb.From, "peering/mode", "%s is %s to its neighbor %s: only to a route server is it a client", d.Name, nb.Role, nb.Addr)
			}
		})
	},
}
