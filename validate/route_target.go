package validate

import (
	"fmt"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var routeTarget = Rule{
	ID: "fabric/route-target", Label: "R-FAB-3", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "What a network of VXLAN, or a table, is told by has a route target that is written down, the same on all devices.",
	Motive:   "A target that a device makes by itself begins with its own system (RFC 8365 section 5.1.2.1): in a fabric of many systems no leaf takes what another tells, and all sessions are up.",
	Check: func(v View, ds *diag.List) {
		type said struct {
			rt, device string
			from       diag.Pos
		}
		first := map[string]said{}
		hold := func(d *network.Device, what, rt string, from diag.Pos) {
			switch o, known := first[what]; {
			case rt == "":
				ds.Failf(from, "fabric/route-target", "%s has no route target for %s: %s makes one of its own", d.Name, what, d.Platform)
			case !known:
				first[what] = said{rt, d.Name, from}
			case o.rt != rt:
				ds.Failf(from, "fabric/route-target", "%s tells %s by the route target %s, and %s by %s: neither hears the other", d.Name, what, rt, o.device, o.rt).Also = []diag.Pos{o.from}
			}
		}
		for _, d := range v.Is.Devices {
			for i := 0; d.EVPN != nil && i < len(d.EVPN.L2); i++ {
				x := &d.EVPN.L2[i]
				hold(d, fmt.Sprint("VNI ", x.VNI), x.RT, x.From)
			}
			for i := 0; d.VRF != nil && i < len(d.VRF.Tables); i++ {
				x := &d.VRF.Tables[i]
				hold(d, "table "+x.Name, x.RT, x.From)
			}
		}
	},
}
