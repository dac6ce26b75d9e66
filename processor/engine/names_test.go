package engine_test

// testNames are the names of a test's topics and groups on the cluster.
type testNames struct{ Prefix string }

// Topic returns a topic's name.
func (n testNames) Topic(name string) string { return n.Prefix + name }

// Group returns a stage's group.
func (n testNames) Group(stage string) string { return n.Prefix + stage }
