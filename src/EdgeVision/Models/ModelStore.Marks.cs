using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.Configuration;

namespace EdgeVision.Models;

public sealed partial class ModelStore
{
    private const string MarksName = ".marks.json";

    private const int MaxMarksBytes = 64 << 10;

    private static readonly (ModelMark Mark, string Word)[] MarkWords = [(ModelMark.InUse, "inUse"), (ModelMark.LastGood, "lastGood"), (ModelMark.Candidate, "candidate")];

    /// <summary>As NAME@VERSION, also of a bundled model; null when none has the mark.</summary>
    /// <exception cref="ModelException">The marks cannot be read.</exception>
    public string? Marked(ModelMark mark) => ReadMarks().GetValueOrDefault(mark);

    /// <summary>Every mark that a model has; none when the marks cannot be read.</summary>
    public IReadOnlyList<ModelMark> MarksOf(StoredModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. (TryReadMarks(out _) ?? []).Where(m => m.Value == model.ToString()).Select(static m => m.Key)];
    }

    /// <summary>Gives the mark to one model and takes it from all others, with null from every one; on disk when this returns.</summary>
    /// <exception cref="ModelException">It cannot be written.</exception>
    public void Mark(ModelMark mark, StoredModel? model)
    {
        using var held = StoreLock.Take(_folder);
        var marks = TryReadMarks(out _) ?? [];
        if (model is not null) marks[mark] = model.ToString();
        else marks.Remove(mark);
        try
        {
            WriteMarks(marks);
            // What is used goes last when room is needed.
            if (model is { IsBundled: false }) Directory.SetLastWriteTimeUtc(model.Folder, _time.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Which model is in use cannot be noted in '{_folder}' ({e.Message.TrimEnd('.')}); a folder with room that this user may write to was expected. Check its disk and permissions.", e);
        }
    }

    private Dictionary<ModelMark, string> ReadMarks() => TryReadMarks(out var error) ?? throw new ModelException(error!);

    /// <summary>Null when they are there and broken: then nobody knows what may go.</summary>
    private Dictionary<ModelMark, string>? TryReadMarks(out string? error)
    {
        error = null;
        var path = Path.Combine(_folder, MarksName);
        if (!File.Exists(path)) return [];
        try
        {
            var json = PackageFile.ReadAll(path, MaxMarksBytes, "the note of what is in use");
            if (JsonText.Parse(json, $"'{path}'", MaxMarksBytes, "an object", out error) is not { } root)
            {
                error = $"{error} Nothing is removed meanwhile; delete the file, and the node writes it again.";
                return null;
            }

            return MarkWords.Where(w => root[w.Word] is JsonValue v && v.TryGetValue(out string? _)).ToDictionary(static w => w.Mark, w => root[w.Word]!.GetValue<string>());
        }
        catch (ModelException e)
        {
            error = e.Message;
            return null;
        }
    }

    private void WriteMarks(Dictionary<ModelMark, string> marks)
    {
        var root = new JsonObject();
        foreach (var (mark, word) in MarkWords)
        {
            if (marks.TryGetValue(mark, out var model)) root[word] = model;
        }

        var path = Path.Combine(_folder, MarksName);
        using (var file = new FileStream(path + ".tmp", FileMode.Create))
        {
            using (var json = new Utf8JsonWriter(file)) root.WriteTo(json);
            file.Write("\n"u8);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".tmp", path, overwrite: true);
    }
}
