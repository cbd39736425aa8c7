package monthly

import (
	"slices"

	"tollbook/backend/record"
)

// sceneCount is how many scenes a bill has (manual 2.6.1).
const sceneCount = 4

// sceneOrder is the order in which statements show the scenes.
func sceneOrder() [sceneCount]string {
	return [sceneCount]string{record.SceneExpressway, record.SceneNonExpressway, record.SceneRefund, record.SceneOther}
}

// The places of two scenes in that order.
const (
	refundScene = 2
	otherScene  = 3
)

// sceneIndex is a scene's place in the order; one that this version does not know is among 其他, so that sums stay whole.
func sceneIndex(scene string) int {
	order := sceneOrder()
	if at := slices.Index(order[:], scene); at >= 0 {
		return at
	}
	return otherScene
}
