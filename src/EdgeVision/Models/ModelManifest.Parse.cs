using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using EdgeVision.Inference;

namespace EdgeVision.Models;

public sealed partial record ModelManifest
{
    /// <summary>Reads a manifest and tells all its mistakes at once.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">Of the file, for the errors.</param>
    /// <exception cref="ModelException">It is no JSON, or it has mistakes.</exception>
    /// <remarks>By hand over <see cref="JsonDocument"/>: a deserializer stops at the first wrong type and knows no ranges.</remarks>
    public static ModelManifest Parse(ReadOnlyMemory<byte> json, string name)
    {
        if (json.Length > MaxBytes)
            throw new ModelException($"{name} has {json.Length} bytes; a manifest has at most {MaxBytes}. Is it the right file?");
        if (!Utf8.IsValid(json.Span)) throw new ModelException($"{name} is not UTF-8 text; a JSON manifest was expected. Save it as UTF-8.");
        using var document = ParseDocument(json, name);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new ModelException($"{name} holds a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}; an object as in schemas/model.schema.json was expected.");
        var mistakes = new List<string>();
        var manifest = Read(document.RootElement, mistakes);
        return mistakes.Count switch
        {
            0 => manifest,
            1 => throw new ModelException($"{name}: {mistakes[0]}."),
            _ => throw new ModelException($"{name} has {mistakes.Count} mistakes: {string.Join("; ", mistakes)}."),
        };
    }

    private static JsonDocument ParseDocument(ReadOnlyMemory<byte> json, string name)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
        }
        catch (JsonException e)
        {
            throw new ModelException($"{name} is not valid JSON at line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}; mend that line.", e);
        }
        catch (InvalidOperationException e)
        {
            // Comparing the keys means reading them, and this one is half a surrogate pair.
            throw new ModelException($"{name} has a key that is no text; keys as in schemas/model.schema.json were expected. Remove it.", e);
        }
    }

    private static ModelManifest Read(JsonElement root, List<string> mistakes)
    {
        var reader = new ManifestReader(root, "", mistakes);
        reader.Ignore("$schema");
        var family = reader.OneOf("family", default, ("nanodet", ModelFamily.NanoDet));
        var (labels, labelsFile) = ReadLabels(reader);
        var manifest = new ModelManifest
        {
            Name = reader.Text("name", 100, IsName, "a name of letters, digits, '.', '_' and '-'"),
            Version = reader.Text("version", 50),
            Family = family,
            Licence = reader.Text("licence", 1000),
            Source = reader.Text("source", 2000),
            Description = reader.Has("description") ? reader.Text("description", 4000) : null,
            File = reader.Text("file", 255, IsPlainFileName, "a file name inside the package's folder"),
            Sha256 = reader.Text("sha256", 64, IsSha256, "64 hexadecimal digits").ToLowerInvariant(),
            Input = reader.Section("input", ReadInput, MinimalInput),
            Decoder = ReadDecoder(reader, family),
            ConfidenceThreshold = reader.Number("confidenceThreshold", null, 0, 1),
            ConfidenceThresholds = reader.Numbers("confidenceThresholds", 0, 1),
            NmsIou = reader.Has("nmsIou") ? reader.Number("nmsIou", null, 0, 1) : null,
            MaxDetections = reader.Integer("maxDetections", 100, 1, 10_000),
            Labels = labels,
            LabelsFile = labelsFile,
        };
        reader.RefuseUnknownKeys();
        return manifest;
    }

    private static readonly ModelInput MinimalInput = new() { Width = 1, Height = 1, Colour = ColourOrder.Bgr, Resize = ResizeMode.Stretch };

    private static ModelInput ReadInput(ManifestReader reader) => new()
    {
        Width = reader.Integer("width", null, 1, ModelInput.MaxSide),
        Height = reader.Integer("height", null, 1, ModelInput.MaxSide),
        Layout = reader.OneOf("layout", TensorLayout.Nchw, ("nchw", TensorLayout.Nchw), ("nhwc", TensorLayout.Nhwc)),
        Colour = reader.OneOf("colour", null, ("bgr", ColourOrder.Bgr), ("rgb", ColourOrder.Rgb)),
        Mean = reader.Triple("mean", 0, -1000, 1000),
        Std = reader.Triple("std", 1, 1e-3, 1000),
        Resize = reader.OneOf("resize", null, ("letterbox", ResizeMode.Letterbox), ("topLeft", ResizeMode.TopLeft), ("stretch", ResizeMode.Stretch)),
        Pad = reader.Number("pad", 0, 0, 255),
    };

    /// <summary>Each family asks for its own keys; the others are unknown there.</summary>
    private static DecoderOptions ReadDecoder(ManifestReader reader, ModelFamily family) => family switch
    {
        ModelFamily.NanoDet => reader.Section(
            "decoder",
            static r => new DecoderOptions
            {
                Strides = r.Integers("strides", 1, 8, 4, 1024),
                RegMax = r.Integer("regMax", null, 1, 63),
                CentreOffset = r.Number("centreOffset", null, 0, 1),
            },
            new DecoderOptions()),
        _ => new DecoderOptions(),
    };

    private static (IReadOnlyList<string>? Labels, string? File) ReadLabels(ManifestReader reader) =>
        reader.IsArray("labels")
            ? (reader.Texts("labels", MaxLabels, ModelLabels.MaxLength), null)
            : (null, reader.Text("labels", 255, IsPlainFileName, "a list of labels or the name of a file inside the package's folder"));

    private static bool IsName(string text) => text.AsSpan().IndexOfAnyExcept(NameCharacters) < 0;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>No folder, no drive, no parent: a package can name nothing outside itself.</summary>
    private static bool IsPlainFileName(string text) => text is not ("." or "..") && text.AsSpan().IndexOfAny("/\\:\0") < 0;

    private static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigit);
}
