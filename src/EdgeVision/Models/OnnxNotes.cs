using System.Globalization;
using System.Text.Json.Nodes;
using EdgeVision.Configuration;

namespace EdgeVision.Models;

/// <summary>
/// What the metadata of an ONNX file says of a detector: Ultralytics' keys, YOLOv5's, those of our own converters, and
/// <see cref="ManifestKey"/> with a whole model.json. From outside: what is not understood is as if it were not there.
/// </summary>
internal sealed class OnnxNotes(IReadOnlyDictionary<string, string> metadata)
{
    /// <summary>A whole or partial model.json as text: <c>model.metadata_props.add(key=…, value=…)</c> makes a file that needs nothing beside it.</summary>
    public const string ManifestKey = "edgevision.manifest";

    private const int MaxLine = 1000;

    /// <summary>Written by Ultralytics' exporter: then its own pre-processing is the right one.</summary>
    public bool IsUltralytics => Has("author", "ultralytics") || Has("license", "ultralytics.com") || Has("docs", "ultralytics.com");

    /// <summary>YOLOv5's own exporter writes these two and nothing else.</summary>
    public bool IsYolov5 => metadata.Count == 2 && metadata.ContainsKey("stride") && metadata.ContainsKey("names");

    /// <summary>As "detect"; null when the file does not say.</summary>
    public string? Task => Line("task");

    public string? Family => Line("family") is { } text ? FamilyHabits.Word(text) : null;

    public string? Licence => Line("license") ?? Line("licence");

    /// <summary>A key's text on one line, not longer than a manifest takes; null when it is absent or blank.</summary>
    public string? Line(string key)
    {
        if (!metadata.TryGetValue(key, out var text) || string.IsNullOrWhiteSpace(text)) return null;
        text = string.Concat(text.Trim().Take(MaxLine).Select(static c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length > 0 && !char.IsHighSurrogate(text[^1]) ? text : null;
    }

    /// <summary>Labels by class id; null when there are none that can be read.</summary>
    public IReadOnlyList<KeyValuePair<int, string>>? Names => metadata.TryGetValue("names", out var text) && PythonNames.TryParse(text, out var names) ? names : null;

    /// <summary>True when there are names in a form that we do not read.</summary>
    public bool HasUnreadableNames => metadata.ContainsKey("names") && Names is null;

    /// <summary>Width and height of the input; Ultralytics writes them as [height, width], or as one number.</summary>
    public (int Width, int Height)? ImageSize => Numbers("imgsz") switch
    {
        [var side] when IsSide(side) => ((int)side, (int)side),
        [var height, var width] when IsSide(height) && IsSide(width) => ((int)width, (int)height),
        _ => null,
    };

    /// <summary>The model.json inside; null when there is none.</summary>
    /// <exception cref="ModelException">It is no JSON object.</exception>
    public JsonObject? Manifest(string file) => metadata.TryGetValue(ManifestKey, out var text)
        ? JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(text), $"The metadata '{ManifestKey}' of '{file}'", ModelManifest.MaxBytes, "an object as in schemas/model.schema.json", out var error)
            ?? throw new ModelException(error!)
        : null;

    /// <summary>Input and decoder, in the words of our own converters.</summary>
    public void FillIn(ManifestDraft draft, string origin)
    {
        draft.Add("input:colour", Line("color")?.ToLowerInvariant() is "bgr" or "rgb" ? Line("color")!.ToLowerInvariant() : null, origin);
        if (Numbers("mean") is { Length: 3 } mean) draft.Add("input:mean", new JsonArray([.. mean.Select(static n => JsonValue.Create(n))]), origin);
        if (Numbers("std") is { Length: 3 } std) draft.Add("input:std", new JsonArray([.. std.Select(static n => JsonValue.Create(n))]), origin);
        draft.Add("input:resize", Line("resize")?.ToLowerInvariant() switch
        {
            "letterbox" or "letterbox-center" or "letterbox-centre" => "letterbox",
            "letterbox-topleft" or "top-left" or "topleft" => "topLeft",
            "stretch" => "stretch",
            "none" or "in-graph" or "in-graph stretch" => "none",
            _ => null,
        }, origin);
        if (Numbers("pad_value") is [var pad]) draft.Add("input:pad", pad, origin);
        if (Line("reg_max") is null) return;
        if (Numbers("reg_max") is [var regMax]) draft.Add("decoder:regMax", regMax, origin);
        if (Numbers("center_offset") is [var offset]) draft.Add("decoder:centreOffset", offset, origin);
        if (Numbers("stride") is { Length: > 1 } strides) draft.Add("decoder:strides", new JsonArray([.. strides.Select(static n => JsonValue.Create(n))]), origin);
    }

    private static bool IsSide(double number) => number is >= 1 and <= ModelInput.MaxSide && Math.Floor(number) == number;

    private bool Has(string key, string part) => metadata.TryGetValue(key, out var text) && text.Contains(part, StringComparison.OrdinalIgnoreCase);

    /// <summary>As "[640, 640]", "8,16,32" or "640"; empty when any is no number.</summary>
    private double[] Numbers(string key)
    {
        if (!metadata.TryGetValue(key, out var text) || text.Length > 200) return [];
        var parts = text.Trim().Trim('[', ']', '(', ')').Split(',', StringSplitOptions.TrimEntries);
        var numbers = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i])) return [];
        }

        return numbers;
    }
}
