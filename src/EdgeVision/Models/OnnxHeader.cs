namespace EdgeVision.Models;

/// <summary>What an ONNX file says about itself, read without its weights and without a runtime.</summary>
public sealed record OnnxHeader
{
    /// <summary>Of the format; decides what a runtime must be able to read.</summary>
    public long IrVersion { get; init; }

    /// <summary>What wrote the file, as "pytorch 2.5.1"; empty when it does not say.</summary>
    public string Producer { get; init; } = "";

    /// <summary>Of the model, by whoever exported it; 0 when it does not say.</summary>
    public long ModelVersion { get; init; }

    /// <summary>Operator sets by domain; the empty domain is ONNX's own.</summary>
    public IReadOnlyDictionary<string, long> Opsets { get; init; } = new Dictionary<string, long>();

    /// <summary>Without those that are only initialisers, as old exporters list them.</summary>
    public IReadOnlyList<OnnxValue> Inputs { get; init; } = [];

    public IReadOnlyList<OnnxValue> Outputs { get; init; } = [];

    /// <summary>The file's own notes. From outside: of any content, up to <see cref="OnnxHeaderReader.MaxMetadataBytes"/> in all.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public int Nodes { get; init; }

    /// <summary>The first file beside this one that holds weights; null when all of them are inside.</summary>
    public string? ExternalData { get; init; }

    /// <summary>Of ONNX's own operators; null when none is used.</summary>
    public long? Opset => Opsets.TryGetValue("", out var version) || Opsets.TryGetValue("ai.onnx", out version) ? version : null;

    /// <summary>Reads from the start of a stream that can seek. The stream stays the caller's.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="name">Of the file, for the error.</param>
    /// <exception cref="ModelException">It is no ONNX model, or it is cut off.</exception>
    public static OnnxHeader Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return OnnxHeaderReader.Read(stream, name);
    }

    /// <summary>A sha256 covers one file, and a package names one: weights beside it would be anybody's.</summary>
    /// <exception cref="ModelException">There are some.</exception>
    public void RefuseExternalData(string path)
    {
        if (ExternalData is not null)
            throw new ModelException($"'{path}' keeps weights in another file, '{ExternalData}'; one file with everything was expected. Export it with external_data=False, or save it again with onnx.save(onnx.load(path), path).");
    }
}
