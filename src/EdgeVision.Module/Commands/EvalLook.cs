using EdgeVision.Evaluation;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Inference;

namespace EdgeVision.Module.Commands;

/// <summary>Looks at the pictures of a set with a detector, one after the other, and keeps what it finds.</summary>
internal sealed class EvalLook(EvalAnnotations annotations, IDetector detector, LabelMap map)
{
    private readonly FramePool _pool = new();
    private readonly DetectionList _found = new();
    private readonly List<ScoredDetection> _detections = [];
    private readonly List<TimeSpan> _latencies = [];
    private readonly AnnotatedImage[] _images = [.. annotations.Set.Images];
    private readonly HashSet<int> _unread = [];
    private readonly List<string> _unreadReasons = [];
    private int _resized;

    /// <summary>A picture that cannot be read is kept for the notes and left out.</summary>
    /// <param name="index">Of the picture in the set.</param>
    /// <param name="stopping">Ends the work.</param>
    public async Task AtAsync(int index, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        try
        {
            using var frame = PictureFile.Load(annotations.Paths[index], _pool, TimeProvider.System);
            _found.Clear();
            var status = await detector.DetectAsync(frame, _found, stopping);
            if (status is not DetectionStatus.Ok)
                throw new PictureException($"'{annotations.Paths[index]}': the detector answered {status}; try another picture or the bundled model.");
            _latencies.Add(_found.Timings.Preprocess + _found.Timings.Infer + _found.Timings.Postprocess);
            Keep(index);
            CheckSize(index, frame);
        }
        catch (PictureException e)
        {
            _unread.Add(index);
            _unreadReasons.Add(e.Message);
        }
    }

    public EvalRun ToRun()
    {
        if (_unread.Count == _images.Length) throw new CommandException($"None of the {_images.Length} pictures could be read, the first because: {_unreadReasons[0]}");
        var set = (annotations.Set with { Images = _images }).Without(i => !_unread.Contains(i), out var newIndex);
        _latencies.Sort();
        return new EvalRun
        {
            Set = set,
            Paths = [.. annotations.Paths.Where((_, i) => newIndex[i] >= 0)],
            Detections = [.. _detections.Select(d => d with { Image = newIndex[d.Image] })],
            Notes = [.. annotations.Notes, .. Notes(set)],
            Model = detector.Model,
            Labels = map,
            Latencies = _latencies,
            Unread = _unread.Count,
        };
    }

    private void Keep(int index)
    {
        foreach (ref readonly var detection in _found.Span)
        {
            var category = map.CategoryOf(detection.ClassId);
            if (category >= 0) _detections.Add(new ScoredDetection(index, category, CocoBox.Of(detection.Box), detection.Confidence));
        }
    }

    private void CheckSize(int index, Frame frame)
    {
        var image = _images[index];
        if (image is { Width: > 0, Height: > 0 } && (image.Width, image.Height) != (frame.Width, frame.Height)) _resized++;
        _images[index] = image with { Width = frame.Width, Height = frame.Height };
    }

    private IEnumerable<string> Notes(AnnotatedSet set)
    {
        foreach (var reason in _unreadReasons) yield return reason;
        if (_unread.Count > 0) yield return $"Left out of the figures, with all objects in them: {Counted.Of(_unread.Count, "picture")} of {_images.Length} that could not be read.";
        if (_resized > 0) yield return $"Not of the size that the annotations say: {Counted.Of(_resized, "picture")}, so boxes may not lie on their objects; check --images.";
        if (map.LabelsWithoutCategory.Count > 0)
            yield return $"Not counted: {Counted.Of(map.LabelsWithoutCategory.Count, "label")} of the model that no category of the annotations is called like: {EvalRun.Some(map.LabelsWithoutCategory)}.";
        var withObjects = set.Objects.Where(static o => !o.Crowd).Select(static o => o.Category).ToHashSet();
        var blind = map.CategoriesWithoutLabel.Where(withObjects.Contains).Select(c => set.Categories[c].Name).ToArray();
        if (blind.Length > 0) yield return $"Counted with an AP of 0: {Counted.Of(blind.Length, "annotated category", "annotated categories")} that the model has no label for: {EvalRun.Some(blind)}.";
    }
}
