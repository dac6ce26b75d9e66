package simulator

// Waiting returns how many webhooks a plan holds.
func (p *Plan) Waiting() int { return len(p.waiting) }
