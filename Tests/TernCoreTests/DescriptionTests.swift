import TernCore
import Testing

// Expected text: NumPy 2.4, `numpy.array2string(x, separator=", ")`.

@Test(
    "float32 vectors print as in NumPy",
    arguments: [
        ([1, 2.25], "[1.  , 2.25]"),
        ([0.1, 0.2, 0.30000001], "[0.1, 0.2, 0.3]"),
        ([1, 1000, 0.5], "[1.e+00, 1.e+03, 5.e-01]"),
        ([1e6, 1], "[1.e+06, 1.e+00]"),
        ([999999, 999.25], "[9.99999e+05, 9.99250e+02]"),
        ([0.0001, 0.05], "[0.0001, 0.05  ]"),
        ([0.00009, 0.05], "[9.e-05, 5.e-02]"),
        ([-1, .nan, .infinity, -.infinity], "[ -1.,  nan,  inf, -inf]"),
        ([.nan, -.infinity], "[ nan, -inf]"),
        ([1e-10, -.infinity, 3e20], "[1.e-10,   -inf, 3.e+20]"),
        ([-1.5, 22.125, -333], "[  -1.5  ,   22.125, -333.   ]"),
        ([0, -0.0], "[ 0., -0.]"),
    ] as [([Float], String)])
func floatVectors(values: [Float], expected: String) {
    #expect("\(Tensor(values))" == "\(expected) float32 [\(values.count)]")
}

@Test(
    "float64 vectors print as in NumPy",
    arguments: [
        ([1.0 / 3, 2.0 / 3, 100], "[  0.33333333,   0.66666667, 100.        ]"),
        ([1e7, 12345678.123456789], "[10000000.        , 12345678.12345679]"),
        ([1e8, 1], "[1.e+08, 1.e+00]"),
        ([1e-5, 123456.789], "[1.00000000e-05, 1.23456789e+05]"),
        ([1e-300, 1e300], "[1.e-300, 1.e+300]"),
        ([0.1 + 0.2, 3.141592653589793], "[0.3       , 3.14159265]"),
        ([.leastNonzeroMagnitude, .greatestFiniteMagnitude], "[4.94065646e-324, 1.79769313e+308]"),
        ([2.5e-9, 123], "[2.50e-09, 1.23e+02]"),
        ([0.000123456789012, 0.0005], "[0.00012346, 0.0005    ]"),
        ([0.123456785, 0.5], "[0.12345678, 0.5       ]"),
    ] as [([Double], String)])
func doubleVectors(values: [Double], expected: String) {
    #expect("\(Tensor(values, dtype: .float64))" == "\(expected) float64 [\(values.count)]")
}

@Test("integers and booleans are aligned, nested brackets break lines")
func nested() {
    #expect("\(Tensor([1, 200] as [UInt8]))" == "[  1, 200] uint8 [2]")
    #expect(
        "\(Tensor([4_611_686_018_427_387_905, -1] as [Int64]))"
            == "[4611686018427387905,                  -1] int64 [2]")
    #expect("\(Tensor([[true, false], [false, false]]))" == "[[ true, false],\n [false, false]] bool [2, 2]")
    #expect(
        "\(Tensor.arange(12).reshaped([2, 3, 2]))" == """
            [[[ 0,  1],
              [ 2,  3],
              [ 4,  5]],

             [[ 6,  7],
              [ 8,  9],
              [10, 11]]] int64 [2, 3, 2]
            """)
}

@Test("long rows wrap at 75 columns")
func wrapped() {
    #expect(
        "\(Tensor.arange(-3, 40))" == """
            [-3, -2, -1,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
             15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
             33, 34, 35, 36, 37, 38, 39] int64 [43]
            """)
    #expect(
        "\(Tensor.arange(30) / 8)" == """
            [0.   , 0.125, 0.25 , 0.375, 0.5  , 0.625, 0.75 , 0.875, 1.   , 1.125,
             1.25 , 1.375, 1.5  , 1.625, 1.75 , 1.875, 2.   , 2.125, 2.25 , 2.375,
             2.5  , 2.625, 2.75 , 2.875, 3.   , 3.125, 3.25 , 3.375, 3.5  , 3.625] float32 [30]
            """)
}

@Test("more than 1000 elements are summarized")
func summarized() {
    #expect(
        "\(Tensor.arange(2000, dtype: .float32))"
            == "[0.000e+00, 1.000e+00, 2.000e+00, ..., 1.997e+03, 1.998e+03, 1.999e+03] float32 [2000]")
    #expect(
        "\(Tensor.arange(2000).reshaped([40, 50]) * -1)" == """
            [[    0,    -1,    -2, ...,   -47,   -48,   -49],
             [  -50,   -51,   -52, ...,   -97,   -98,   -99],
             [ -100,  -101,  -102, ...,  -147,  -148,  -149],
             ...,
             [-1850, -1851, -1852, ..., -1897, -1898, -1899],
             [-1900, -1901, -1902, ..., -1947, -1948, -1949],
             [-1950, -1951, -1952, ..., -1997, -1998, -1999]] int64 [40, 50]
            """)
    #expect(
        "\((Tensor.arange(1600, dtype: .float32) / 4).reshaped([2, 4, 200]))".hasPrefix(
            """
            [[[0.0000e+00, 2.5000e-01, 5.0000e-01, ..., 4.9250e+01, 4.9500e+01,
               4.9750e+01],
              [5.0000e+01, 5.0250e+01, 5.0500e+01, ..., 9.9250e+01, 9.9500e+01,
               9.9750e+01],
            """))
    #expect(
        "\(Tensor.arange(1001).reshaped([1001, 1]))" == """
            [[   0],
             [   1],
             [   2],
             ...,
             [ 998],
             [ 999],
             [1000]] int64 [1001, 1]
            """)
}

@Test("scalars print as their number, empty tensors as brackets")
func scalars() {
    #expect("\(Tensor(21))" == "21.0")
    #expect("\(Tensor(1e-5, dtype: .float64))" == "1e-05")
    #expect("\(Tensor(-7 as Int))" == "-7")
    #expect("\(Tensor(true))" == "true")
    #expect("\(Tensor.zeros([0]))" == "[] float32 [0]")
    #expect("\(Tensor.zeros([3, 0, 2]))" == "[] float32 [3, 0, 2]")
}

@Test("every layout prints alike")
func layouts() {
    let x = Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]])
    for (name, tensor) in everyLayout(x) {
        #expect("\(tensor)" == "[[1., 2., 3.],\n [4., 5., 6.]] float32 [2, 3]", "\(name)")
    }
    #expect("\(Tensor([[1], [2]] as [[Float]]).expanded(to: [2, 2]))" == "[[1., 1.],\n [2., 2.]] float32 [2, 2]")
}

@Test("the debug description shows strides and origin")
func debugDescription() {
    let x = GradientTape().watch(Tensor([[1, 2], [3, 4]] as [[Float]]))
    #expect((x * 2).debugDescription == "[[2., 4.],\n [6., 8.]] float32 [2, 2], strides [2, 1], recorded by *")
    #expect(Tensor(2).debugDescription == "2.0 float32 [], strides []")
}
