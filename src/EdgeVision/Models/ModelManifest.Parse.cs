using System.Buffers;
using EdgeVision.Configuration;

namespace EdgeVision.Models;

public sealed partial record ModelManifest
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>Reads a manifest and tells all its mistakes at once.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">Of the file, for the errors.</param>
    /// <exception cref="ModelException">It is no JSON, or it has mistakes.</exception>
    public static ModelManifest Parse(ReadOnlyMemory<byte> json, string name)
    {
        var root = JsonText.Parse(json, name, MaxBytes, "an object as in schemas/model.schema.json", out var error) ?? throw new ModelException(error!);
        var (manifest, mistakes) = OptionsReading.Read(root, ModelPackage.ManifestName, Read);
        if (mistakes.Count == 0) return manifest;
        throw new ModelException($"{name} has {(mistakes.Count == 1 ? "a mistake" : $"{mistakes.Count} mistakes")}: {string.Join(' ', mistakes)}");
    }

    /// <summary>As forgiving as the configuration: keys and words in any case, numbers also as text. The schema, which is for other readers too, is not.</summary>
    public static ModelManifest Read(OptionsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        _ = reader.Text("$schema", null, "For editors: where `schemas/model.schema.json` lies.");
        var family = reader.RequiredOneOf("family", "How the outputs are read.",
            ("nanodet", ModelFamily.NanoDet), ("yolox", ModelFamily.Yolox), ("yolov5", ModelFamily.Yolov5), ("yolov8", ModelFamily.Yolov8), ("endToEnd", ModelFamily.EndToEnd),
            ("tfObjectDetection", ModelFamily.TfObjectDetection), ("ultraface", ModelFamily.UltraFace), ("yunet", ModelFamily.YuNet), ("detr", ModelFamily.Detr));
        var (labels, labelsFile) = ReadLabels(reader);
        return new ModelManifest
        {
            Name = reader.RequiredText("name", "Names the model in events and logs: 1 to 100 letters, digits, `.`, `_` and `-`.",
                static text => text.Length is 0 or > 100 || text.AsSpan().ContainsAnyExcept(NameCharacters) ? "is no name of 1 to 100 letters, digits, '.', '_' and '-'" : null),
            Version = reader.RequiredText("version", "Of the package, up to 50 characters; stands in events beside the name.", Line(50)),
            Family = family,
            Licence = reader.RequiredText("licence", "Of the weights: an SPDX expression or a sentence, up to 1000 characters.", Line(1000)),
            Source = reader.RequiredText("source", "Where the weights come from, up to 2000 characters.", Line(2000)),
            Description = reader.Text("description", null, "What it is good for, up to 4000 characters.", Line(4000)),
            File = reader.RequiredText("file", "The weights, a file in this folder.", FileName),
            Sha256 = reader.RequiredText("sha256", "Of the weights, 64 hexadecimal digits. Weights with another sum are not loaded.",
                static text => text.Length == 64 && text.All(char.IsAsciiHexDigit) ? null : "is not 64 hexadecimal digits").ToLowerInvariant(),
            Golden = reader.Sections("golden", GoldenSample.MaxSamples,
                "Pictures whose answer is known, for the self-test of `edgevision model verify`: a model that runs but finds nothing is seen by no other means.", GoldenSample.Read),
            Input = reader.RequiredSection("input", ModelInput.Read),
            Decoder = DecoderOptions.Read(reader, family),
            ConfidenceThreshold = (float)reader.RequiredNumber("confidenceThreshold", 0, 1,
                "Below it nothing is reported. Scores of one model mean nothing to another: take the threshold of best F1 on a validation set. "
                + "Raising it cuts false alarms but loses small objects."),
            ConfidenceThresholds = reader.NumbersByName("confidenceThresholds", 0, 1, "By label, where one needs another threshold than the rest.")
                .ToDictionary(static p => p.Key, static p => (float)p.Value),
            NmsIou = (float?)reader.OptionalNumber("nmsIou", 0, 1,
                "Of two boxes of a class that overlap by more, the better one stays. Absent: the model has done this itself."),
            MaxDetections = reader.Integer("maxDetections", 100, 1, 10_000, "Detections a frame at most, best first."),
            Labels = labels,
            LabelsFile = labelsFile,
            ClassIds = ReadClassIds(reader, family),
        };
    }

    private static IReadOnlyList<int> ReadClassIds(OptionsReader reader, ModelFamily family)
    {
        var ids = reader.Integers("classIds", MaxLabels, 0, MaxClassId,
            "The model's id of each label, in the order of the labels, for models whose ids have gaps or do not start at 0; ids that are not listed are ignored. "
            + "Absent: 0, 1, 2 … tfObjectDetection must say it: its graphs count from 1 (COCO: 1 to 90 with gaps), those converted from TFLite from 0.");
        if (ids.Count == 0 && family == ModelFamily.TfObjectDetection)
            reader.Refuse("classIds", "is missing; list the model's id of each label, as [1, 2, 3]: graphs of this family count from 1, those converted from TFLite from 0.");
        var seen = new HashSet<int>();
        foreach (var id in ids.Where(id => !seen.Add(id)).Take(1)) reader.Refuse("classIds", $"{id} stands here twice; each label has an id of its own.");
        return ids;
    }

    private static (IReadOnlyList<string>? Labels, string? File) ReadLabels(OptionsReader reader)
    {
        const string Text = "Label of each class id: a file in this folder with one label a line, or the list of labels itself (up to 10000 of up to 200 characters).";
        if (!reader.IsList("labels")) return (null, reader.RequiredText("labels", Text, FileName));
        var labels = reader.Texts("labels", Text, Line(ModelLabels.MaxLength));
        if (labels.Count is 0 or > MaxLabels) reader.Refuse("labels", $"{labels.Count} labels stand where 1 to {MaxLabels} were expected.");
        return (labels, null);
    }

    private static Func<string, string?> Line(int maxLength) => text =>
        text.Length <= maxLength && !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl) ? null : $"is not a line of 1 to {maxLength} characters";

    /// <summary>No folder, no drive, no parent: a package can name nothing outside itself.</summary>
    internal static string? FileName(string text) =>
        Line(255)(text) is null && text is not ("." or "..") && text.AsSpan().IndexOfAny("/\\:") < 0 ? null : "is no name of a file inside the package's folder";
}
