using System.Globalization;
using System.Text.Json.Nodes;

namespace EdgeVision.Models;

public sealed partial class BareModel
{
    /// <summary>The picture's input; null when the graph has none that could be one.</summary>
    private OnnxValue? Picture => Header.Inputs.FirstOrDefault(static i => i.Dimensions?.Count == 4) ?? Header.Inputs.FirstOrDefault(static i => i.Dimensions is null);

    private void FillIn()
    {
        FillIdentity();
        FillInput();
        FillLabels();
        FillFamily();
        FillThresholds();
    }

    private void FillIdentity()
    {
        var name = string.Concat(Path.GetFileNameWithoutExtension(_path).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-'));
        _draft.Add("name", name.Length is 0 or > 100 ? "model" : name, FromFile);
        _draft.Add("version", Version(), FromMetadata);
        _draft.Add("description", _notes.Line("description"), FromMetadata);
        _draft.Add("licence", _notes.Licence ?? "unknown", FromMetadata);
        _draft.Add("source", _notes.Line("source") ?? $"file {string.Concat(Path.GetFileName(_path).Where(static c => !char.IsControl(c)))}", FromMetadata);
        if (_draft.Text("sha256") is { } sum && !sum.Equals(Sha256, StringComparison.OrdinalIgnoreCase))
            throw new ModelException($"Weights '{_path}' are not those of the manifest: sha256 is {Sha256}, the manifest says {sum}. Give the right file, or correct the manifest if the change is yours.");
        _draft.Set("sha256", Sha256, FromFile);
        _draft.Set("file", ModelManifest.FileName(Path.GetFileName(_path)) is null ? Path.GetFileName(_path) : "model.onnx", FromFile);
    }

    private string Version()
    {
        if (_notes.Line("version") is { Length: <= 50 } version) return version;
        return Header.ModelVersion > 0 ? Header.ModelVersion.ToString(CultureInfo.InvariantCulture) : "0";
    }

    private void FillInput()
    {
        if (Picture is not { } picture) return;
        var isNhwc = picture.Size(3) is 1 or 3 or 4 && picture.Size(1) is not 3;
        if (picture.ElementType != "float32") _draft.Add("input:type", picture.ElementType, FromGraph);
        if (isNhwc) _draft.Add("input:layout", "nhwc", FromGraph);
        var (height, width) = isNhwc ? (picture.Size(1), picture.Size(2)) : (picture.Size(2), picture.Size(3));
        _draft.Add("input:width", (int?)width is { } w ? w : _notes.ImageSize?.Width, width is null ? FromMetadata : FromGraph);
        _draft.Add("input:height", (int?)height is { } h ? h : _notes.ImageSize?.Height, height is null ? FromMetadata : FromGraph);
        _notes.FillIn(_draft, FromMetadata);
        if (_draft.Text("input:resize") is null && width is null && height is null && IsTensorFlow) FillOpenSize();
        _draft.Section("input");
    }

    /// <summary>The graph scales by itself; the size is only what it is tried with.</summary>
    private void FillOpenSize()
    {
        _draft.Add("input:resize", "none", FromGraph);
        _draft.Add("input:width", 640, FromGraph);
        _draft.Add("input:height", 480, FromGraph);
    }

    private bool IsTensorFlow => FamilyClues.Find(Header.Outputs, null, null, null) is [{ Family: FamilyHabits.TfObjectDetection }];

    private void FillLabels()
    {
        if (_notes.Names is not { } names) return;
        var isGiven = _draft.Find("labels") is not null;
        _draft.Add("labels", new JsonArray([.. names.Select(static n => JsonValue.Create(n.Value))]), FromMetadata);
        if (isGiven || (!IsTensorFlow && names.Index().All(static n => n.Item.Key == n.Index))) return;
        _draft.Add("classIds", new JsonArray([.. names.Select(static n => JsonValue.Create(n.Key))]), FromMetadata);
    }

    private void FillFamily()
    {
        if (_notes.IsUltralytics && _notes.Task is { } task && task != "detect")
            throw new ModelException($"'{_path}' was exported by Ultralytics for the task '{task}'; a model for the task 'detect' was expected. Export a detection model.");
        var labels = (_draft.Find("labels") as JsonArray)?.Count;
        _guesses = FamilyClues.Find(Header.Outputs, _draft.Size("input:width"), _draft.Size("input:height"), labels);
        if (_guesses.Count == 0 && _notes.IsUltralytics) _guesses = FamilyClues.OfOpenShapes(Header.Outputs, labels);
        _draft.Add("family", _notes.Family, FromMetadata);
        if (_guesses.Select(static g => g.Family).Distinct().Count() == 1) _draft.Add("family", _guesses[0].Family, FromGraph);
        if (_draft.Text("family") is not { } family || FamilyHabits.Of(family) is not { } habits) return;

        var guesses = _guesses.Where(g => g.Family.Equals(family, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (guesses is [{ } guess])
        {
            foreach (var (key, value) in guess.Decoder ?? []) _draft.Add($"decoder:{key}", value?.DeepClone(), FromGraph);
            if (guess.Labels == 1 && guess.IsUnmistakable) _draft.Add("labels", new JsonArray("face"), FromFamily);
        }

        if (family is FamilyHabits.NanoDet) _draft.Section("decoder");
        if (_notes.IsUltralytics || guesses is [{ IsUnmistakable: true }] || (_notes.IsYolov5 && family == FamilyHabits.Yolov5)) habits.FillInput(_draft, FromFamily);
    }

    private void FillThresholds()
    {
        if (_draft.Text("family") is not { } family || FamilyHabits.Of(family) is not { } habits) return;
        Assume("confidenceThreshold", habits.Confidence);
        if (habits.NmsIou is { } iou) Assume("nmsIou", iou);

        void Assume(string key, double value)
        {
            if (_draft.Find(key) is not null) return;
            _draft.Add(key, value, FromFamily);
            _assumptions.Add(string.Create(CultureInfo.InvariantCulture, $"{key} {value}"));
        }
    }
}
