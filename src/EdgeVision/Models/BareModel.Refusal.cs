using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Configuration;

namespace EdgeVision.Models;

public sealed partial class BareModel
{
    private const string IsMissing = "is missing;";

    private static readonly string[] NanoDetKeys = ["strides", "regMax", "centreOffset"];

    /// <summary>Paths of the keys that nobody has said, as "input:colour".</summary>
    public IReadOnlyList<string> MissingKeys =>
        [.. Mistakes.Where(IsAbsence).Select(static m => m.Path[(ModelPackage.ManifestName.Length + 1)..])];

    /// <summary>A --manifest with the missing keys as the likeliest family has them: to be checked, not believed. Null when nothing is missing.</summary>
    public JsonObject? Proposal()
    {
        var missing = MissingKeys;
        if (missing.Count == 0) return null;
        var proposal = new JsonObject();
        var family = _draft.Text("family") ?? (_guesses.Count > 0 ? _guesses[0].Family : null);
        var usual = (family is null ? null : FamilyHabits.Of(family))?.Input() ?? [];
        foreach (var key in missing)
        {
            if (FollowsFromLabels(key, family)) continue;
            if (key == "family") proposal[key] = family ?? FamilyHabits.Yolov8;
            else if (key == "labels") proposal[key] = "labels.txt";
            else if (key == "classIds") proposal[key] = new JsonArray(1, 2, 3);
            else if (key == "decoder") AddDecoder(proposal, family);
            else if (key.StartsWith("decoder:", StringComparison.Ordinal)) Decoder(proposal)[key[8..]] = Usual(key);
            else if (key is "input:width" or "input:height") Input(proposal)[key[6..]] = 640;
            else if (key.StartsWith("input", StringComparison.Ordinal)) MoveInput(usual, Input(proposal));
            else proposal[key] = 0.3;
        }

        // With the family all of its other keys are asked for, too: better now than one by one.
        if (missing.Contains("family") && family is not null) Complete(proposal, family);
        return proposal;
    }

    /// <summary>Without a family the reader asks for the keys of another.</summary>
    private bool IsAbsence(ConfigurationMistake mistake) => mistake.Text.StartsWith(IsMissing, StringComparison.Ordinal)
        && !(mistake.Path.StartsWith($"{ModelPackage.ManifestName}:decoder", StringComparison.Ordinal) && Mistakes.Any(static m => m.Path == $"{ModelPackage.ManifestName}:family"));

    /// <summary>Once the labels are known, so are the bins.</summary>
    private bool FollowsFromLabels(string key, string? family) =>
        key is "decoder:strides" or "decoder:regMax" && _draft.Find("labels") is null && _guesses.Any(g => g.Family == family);

    private static void AddDecoder(JsonObject proposal, string? family)
    {
        foreach (var key in family == FamilyHabits.NanoDet ? NanoDetKeys : NanoDetKeys[..1]) Decoder(proposal)[key] = Usual($"decoder:{key}");
    }

    private void Complete(JsonObject proposal, string family)
    {
        if (_guesses.Where(g => g.Family == family).ToArray() is [{ Decoder: { } decoder }]) proposal["decoder"] = decoder.DeepClone();
        if (family == FamilyHabits.NanoDet) Decoder(proposal)["centreOffset"] = 0.5;
        if (FamilyHabits.Of(family) is not { } habits) return;
        if (_draft.Find("confidenceThreshold") is null) proposal["confidenceThreshold"] = habits.Confidence;
        if (habits.NmsIou is { } iou && _draft.Find("nmsIou") is null) proposal["nmsIou"] = iou;
    }

    private ModelException Refusal()
    {
        var wrong = Mistakes.Where(m => !IsAbsence(m) && !m.Text.StartsWith(IsMissing, StringComparison.Ordinal)).ToArray();
        if (wrong.Length > 0)
            return new ModelException($"The manifest of '{_path}', from its metadata and --manifest, has {(wrong.Length == 1 ? "a mistake" : $"{wrong.Length} mistakes")}: {string.Join(' ', wrong.AsEnumerable())}");

        var text = new StringBuilder($"'{_path}' says too little about itself: it has input {List(Header.Inputs)}, output {List(Header.Outputs)} and {Metadata()}. ");
        if (_draft.Text("family") is { } family) text.Append($"Its family is {family}. ");
        else if (_guesses.Count > 0) text.Append($"By its outputs it could be {string.Join(" or ", _guesses.Take(4).Select(static g => $"{g.Family} ({g.Why})"))}. ");
        text.Append($"Missing: {string.Join(", ", MissingKeys)}. Put what is true of it into a file and give that with --manifest (docs/models.md), for example: {Proposal()!.ToJsonString()}");
        return new ModelException(text.ToString());
    }

    private string Metadata()
    {
        if (Header.Metadata.Count == 0) return "no metadata";
        var keys = $"metadata {string.Join(", ", Header.Metadata.Keys.Order(StringComparer.Ordinal).Take(20))}";
        return _notes.HasUnreadableNames ? $"{keys} (its names are no Python dictionary of labels)" : keys;
    }

    private static string List(IReadOnlyList<OnnxValue> values) =>
        string.Join(" and ", values.Take(4)) + (values.Count > 4 ? $" and {values.Count - 4} more" : "");

    private static JsonObject Input(JsonObject proposal) => SectionOf(proposal, "input");

    private static JsonObject Decoder(JsonObject proposal) => SectionOf(proposal, "decoder");

    private static JsonObject SectionOf(JsonObject proposal, string key)
    {
        if (proposal[key] is not JsonObject section) proposal[key] = section = [];
        return section;
    }

    private static void MoveInput(JsonObject usual, JsonObject input)
    {
        foreach (var (key, value) in usual)
        {
            if (!input.ContainsKey(key)) input[key] = value?.DeepClone();
        }

        input.TryAdd("colour", "rgb");
        input.TryAdd("resize", "letterbox");
    }

    private static JsonNode Usual(string decoderKey) => decoderKey switch
    {
        "decoder:strides" => new JsonArray(8, 16, 32),
        "decoder:regMax" => 7,
        _ => 0.5,
    };
}
