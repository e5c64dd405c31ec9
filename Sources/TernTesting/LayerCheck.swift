/// One of the checks of `checkLayer`, which are made in this order.
public enum LayerCheck: String, CaseIterable, Sendable {
    /// Names of parameters, buffers and modules are not empty, have no dots but those of arrays and structs, do not
    /// collide, and come in the same order each time; `visitMembers` shows all that reflection finds, parameters and buffers in
    /// the order of their declaration.
    case names
    /// A second call gives outputs of the same shapes, training those of evaluation; and the shapes that the test
    /// expects, if it does.
    case shapes
    /// `float16`, `bfloat16`, `float32` and `float64` give outputs and gradients of the same type, which agree with
    /// `float64` within the type's tolerance.
    case floatTypes
    /// Gradients of inputs and parameters are what central differences in `float64` give, for random cotangents, in
    /// training (seeded) and in evaluation.
    case gradients
    /// The same for gradients of gradients.
    case secondGradients
    /// `train()` and `eval()` reach all modules that distinguish them, and training gives the same for the same seed.
    case modes
    /// In evaluation the output depends on the input alone, and no buffer changes.
    case evaluation
    /// All parameters are there before the first call, so that an optimizer made then has them, and have values after it.
    case lazyShapes
    /// A second instance that loads the state computes the same, to the bit; a strict load tells what is missing,
    /// unexpected or of another shape.
    case saveAndLoad
    /// A layer that is a `RebuildableModule` comes back from a model file: what is read computes the same, to the bit, and
    /// whatever a file says of its settings is an error or a layer, and does not stop the program.
    case modelFile
    /// A frozen layer's parameters get no gradient and its output needs none; its input still does, and buffers change as in
    /// one that is not frozen.
    case freezing
    /// `summary` counts every parameter once, in the rows of modules that are called, and changes nothing.
    case summary
    /// The printed form shows all settings, no addresses, and the same for a second instance.
    case printedForm
    /// Outputs and gradients have the same bits on 1, 2, 3 and 5 threads.
    case threads
    /// In evaluation each example of a batch gives what it gives alone. The first axis of inputs and outputs is the batch.
    case batchInvariance
    /// A batch of no examples gives none, in evaluation.
    case emptyBatch
    /// `captureGraph` lists operations that ran in the layer, and the parameters that the output depends on.
    case graph
    /// Nothing is left of a layer and its tensors once the last reference to it is gone.
    case leaks
    /// Inputs stay as they are, and the output as it is when the layer is called again; an input that is given away gives the
    /// same.
    case inputs
    /// Views give the same as contiguous inputs, and the same gradients.
    case layouts
}
