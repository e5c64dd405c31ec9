import TernCore
import Testing

@Test("checkGradient accepts right derivatives")
func accepts() throws {
    let x = Tensor([0.5, -1.25, 2], dtype: .float64)
    let y = Tensor([[1.5, 0.25, -0.75], [2, 3, -1]] as [[Double]])
    try checkGradient({ tanh($0[0]) * $0[1] }, at: [x, y.T.T])
    try checkSecondGradient({ tanh($0[0]) * $0[1] }, at: [x, y])
    try checkSecondGradient({ $0[0].T.sum(axes: 0) * 2 }, at: [y])
}
