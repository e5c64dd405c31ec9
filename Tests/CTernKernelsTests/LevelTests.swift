import CTernKernels
import Testing

@Test("the best level is available, and so is the portable one")
func levels() {
    #expect(tern_level_is_available(tern_best_level()))
    #expect(tern_level_is_available(.TERN_LEVEL_PORTABLE))
}
