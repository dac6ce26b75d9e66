package verification

// compact drops the versions that no value refers to: usually all but one or two.
func (e *Entity) compact() {
	var usual [48]*int // on the stack: no allocation for the usual number
	refs := e.versionRefs(usual[:0])
	e.indexes = sized(e.indexes[:0], len(e.versions)+1)
	index := e.indexes
	for _, by := range refs {
		index[*by] = 1
	}
	kept := e.versions[:0]
	for i := range e.versions {
		if index[i+1] != 0 {
			kept = append(kept, e.versions[i])
			index[i+1] = len(kept)
		}
	}
	index[0] = 0
	if len(kept) == len(e.versions) {
		return
	}
	e.versions = kept
	for _, by := range refs {
		*by = index[*by]
	}
}

// versionRefs appends a pointer to the version of every register.
func (e *Entity) versionRefs(list []*int) []*int {
	for i := range e.texts {
		list = append(list, &e.texts[i].by)
	}
	list = append(list, &e.phone.by, &e.plan.by, &e.cost.by, &e.created.by, &e.awaited.by)
	for i := range e.slots {
		list = append(list, &e.slots[i].id.by)
	}
	for i := range e.attempts {
		a := &e.attempts[i]
		list = append(list, &a.channel.by, &a.external.by, &a.err.by, &a.cost.by)
	}
	return list
}
