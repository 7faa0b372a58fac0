package health

// Completed puts the counts that another answer tells to the sessions that it is of. From then on
// each of them has counts, if only none; a session that is told nowhere else is none.
func (v Vitals) Completed(more Vitals) {
	for name, one := range v {
		if one.Counts == nil {
			one.Counts = map[string]int{}
		}
		for c, n := range more[name].Counts {
			one.Counts[c] += n
		}
		v[name] = one
	}
}
