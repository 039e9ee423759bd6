using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using EdgeVision.Quantize.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Quantize;

/// <summary>How to make an integer model from a float one. The same recipe on the same clips gives the same bytes.</summary>
internal sealed record Recipe
{
    /// <summary>Video files whose frames show what the model will see. Never those it is judged with.</summary>
    public required IReadOnlyList<string> Clips { get; init; }

    /// <summary>Every n-th frame of a clip. Fewer frames are faster and know fewer scenes.</summary>
    public int Every { get; init; } = 20;

    public RangeRule Rule { get; init; } = RangeRule.LeastSquares;

    /// <summary>7, or 8 where every processor the model will meet has VNNI or is ARM; see <see cref="QuantizedWeights.Of"/>.</summary>
    public int WeightBits { get; init; } = 7;

    public bool BiasCorrection { get; init; } = true;

    /// <summary>The last convolutions too.</summary>
    public bool LastToo { get; init; }

    /// <summary>Outputs of nodes that stay float.</summary>
    public IReadOnlyList<string> StayFloat { get; init; } = [];

    /// <exception cref="QuantizeException">A clip, the model or the output is not what it must be.</exception>
    /// <exception cref="ModelException">The package is broken, or ONNX Runtime refuses it.</exception>
    public void Cook(ModelPackage package, string output, TextWriter log)
    {
        if (package.Manifest.Input.Layout != TensorLayout.Nchw)
            throw new QuantizeException($"Model '{package.Manifest.Name}' has layout {package.Manifest.Input.Layout}; the recipe knows nchw. Export it so.");

        // Only to be checked, and to prepare ONNX Runtime's environment.
        using (OnnxModel.Open(package, new OnnxOptions(0), NullLogger.Instance)) { }
        var model = OnnxFile.Read(package.WeightsPath);
        var constants = new FloatConstants(model.Graph);
        var plan = new QuantizationPlan(model.Graph, constants, StayFloat, LastToo);
        var input = package.Manifest.Input;
        using var calibration = new Calibration(model, plan.Activations, [1, 3, input.Height, input.Width], EffectiveCpus.Count);
        var pictures = Calibrate(calibration, input);
        log.WriteLine($"{pictures} frames of {Clips.Count} clips, {plan.Activations.Count} activations, {plan.Convolutions.Count()} integer convolutions.");

        var ranges = plan.Activations.ToDictionary(static a => a, a => Range(calibration, plan, a));
        var (weights, biases) = Quantize(calibration, plan, constants);
        QdqGraph.Rewrite(model.Graph, constants, plan, ranges, weights, biases);
        (model.ProducerName, model.ProducerVersion) = ("EdgeVision.Quantize", "1");
        OnnxFile.Write(output, model);
        log.WriteLine($"{output}: {new FileInfo(output).Length} bytes.");
    }

    private (Dictionary<string, QuantizedWeights> Weights, Dictionary<string, float[]> Biases) Quantize(Calibration calibration, QuantizationPlan plan, FloatConstants constants)
    {
        var (weights, biases) = (new Dictionary<string, QuantizedWeights>(), new Dictionary<string, float[]>());
        foreach (var convolution in plan.Convolutions)
        {
            var (input, kernel) = (convolution.Input[0], convolution.Input[1]);
            var values = constants.Read(kernel);
            var quantized = QuantizedWeights.Of(values, constants.Shape(kernel), WeightBits);
            var bias = convolution.Input.Count > 2 ? constants.Read(convolution.Input[2]) : new float[quantized.Scales.Length];
            if (BiasCorrection) bias = [.. bias.Zip(quantized.MeanShift(values, calibration.ChannelMeans(input)), static (b, shift) => b - shift)];
            (weights[convolution.Output[0]], biases[convolution.Output[0]]) = (quantized, bias);
        }

        return (weights, biases);
    }

    private int Calibrate(Calibration calibration, ModelInput input)
    {
        var preprocessor = new Preprocessor(input);
        var pictures = 0;
        foreach (var clip in Clips)
        {
            foreach (var (pixels, format) in VideoClip.Read(clip, Every))
            {
                if (!preprocessor.TryWrite(pixels, format, out _)) throw new QuantizeException($"A frame of '{clip}' ({format}) cannot be preprocessed.");
                calibration.Add(preprocessor.Tensor.Floats.ToArray());
                pictures++;
            }
        }

        return pictures > 0 ? pictures : throw new QuantizeException("The clips gave no frame; at least one was expected. Lower --every.");
    }

    private ActivationRange Range(Calibration calibration, QuantizationPlan plan, string activation)
    {
        var source = plan.RangeSource(activation);
        return RangeSearch.Choose(calibration.Histograms[source], Rule, plan.NegativeSlope(source));
    }
}
