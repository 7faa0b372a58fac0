package main

import (
	"net/netip"
	"slices"

	"plumbline/internal/health"
	"plumbline/internal/network"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
)

// owned leaves of the entries of routing tables that a device tells those that lead to all, and those to
// the addresses by which intent has it known: what intent does not ask for any more is not missed.
func owned(d *network.Device, v health.Vitals) {
	v.Routes(func(table string, to netip.Prefix) bool {
		if d == nil || d.Interfaces == nil {
			return false
		}
		return slices.ContainsFunc(d.Interfaces.Ports, func(p network.Port) bool {
			in := table == "*" || p.VRF == table || p.VRF == "" && !isTable(d, table)
			return p.Use == "loopback" && in && slices.ContainsFunc(p.Addrs, func(a network.Addr) bool { return a.Prefix == to })
		})
	})
}

// isTable tells whether a table is one of a tenant.
func isTable(d *network.Device, name string) bool {
	return d.VRF != nil && slices.ContainsFunc(d.VRF.Tables, func(t network.Table) bool { return t.Name == name })
}

// loosed are the entries that a plan may take out of tables: default routes, where what some device is to
// hold says so. Others hear what it tells.
func loosed(b *pipeline.Build, was deployment, p plan.Plan) []string {
	if b.IsBack() || slices.ContainsFunc(p.Changes, func(c plan.Change) bool {
		return network.DefaultMoves(was.device(c.Device), b.Network().Device(c.Device))
	}) {
		return health.Everywhere()
	}
	return nil
}
