using EdgeVision.Evaluation;
using EdgeVision.Imaging;

namespace EdgeVision.Module.Commands;

/// <summary>Annotations of pictures in a folder.</summary>
/// <param name="Set">What is in them.</param>
/// <param name="Paths">Of each picture of the set.</param>
/// <param name="Notes">What was left out, in sentences.</param>
internal sealed record EvalAnnotations(AnnotatedSet Set, IReadOnlyList<string> Paths, IReadOnlyList<string> Notes)
{
    /// <summary>Where labelImg and its like keep the names of the classes.</summary>
    private const string NamesFile = "classes.txt";

    /// <param name="request">Folder and annotations.</param>
    /// <param name="labels">Of the model, the names of YOLO's class numbers where the annotations have none; null without a model.</param>
    /// <exception cref="CommandException">A folder or file cannot be read, or a picture is missing.</exception>
    /// <exception cref="EvaluationException">The annotations are broken.</exception>
    public static EvalAnnotations Load(EvalRequest request, IReadOnlyList<string>? labels)
    {
        if (!Directory.Exists(request.Images)) throw new CommandException($"The folder '{request.Images}' does not exist where pictures were expected; correct --images.");
        if (Directory.Exists(request.Annotations)) return LoadYolo(request, labels);
        var set = CocoAnnotations.Parse(EvalFiles.Read(request.Annotations, "--annotations", CocoAnnotations.MaxBytes), request.Annotations);
        return LoadCoco(request, set);
    }

    private static EvalAnnotations LoadCoco(EvalRequest request, AnnotatedSet set)
    {
        var paths = set.Images.Select(i => PathOf(request.Images, i.FileName)).ToArray();
        // Results need the pictures only to be shown.
        if (request.FromDetections is null || request.Plots is not null)
        {
            var missing = Enumerable.Range(0, paths.Length).Where(i => !File.Exists(paths[i])).ToArray();
            if (missing.Length > 0)
                throw new CommandException($"{missing.Length} of the {paths.Length} annotated pictures are not in '{request.Images}', the first is '{set.Images[missing[0]].FileName}'; correct --images or take annotations of the pictures that are there.");
        }

        var annotated = paths.Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal);
        var others = PictureArguments.Expand([request.Images]).Count(p => !annotated.Contains(Path.GetFullPath(p)));
        return new EvalAnnotations(set, paths, others == 0 ? set.Notes : [.. set.Notes, $"Left out: {Counted.Of(others, "picture")} in '{request.Images}' without annotations."]);
    }

    /// <summary>COCO's file names are names; others' hold folders, which may be there or not.</summary>
    private static string PathOf(string folder, string fileName)
    {
        var path = Path.Combine(folder, fileName);
        return File.Exists(path) ? path : Path.Combine(folder, Path.GetFileName(fileName));
    }

    private static EvalAnnotations LoadYolo(EvalRequest request, IReadOnlyList<string>? labels)
    {
        var pictures = PictureArguments.Expand([request.Images]);
        var ids = Ids(pictures);
        var (images, objects, unlabelled, notes) = (new List<AnnotatedImage>(), new List<GroundTruth>(), 0, new List<string>());
        for (var i = 0; i < pictures.Count; i++)
        {
            var (width, height) = PictureSize.Read(pictures[i]);
            images.Add(new AnnotatedImage(ids[i], Path.GetFileName(pictures[i]), width, height));
            var file = LabelFile(request.Annotations, pictures[i]);
            if (File.Exists(file)) objects.AddRange(YoloLabels.Parse(EvalFiles.Read(file, "--annotations", YoloLabels.MaxBytes), file, i, width, height));
            else unlabelled++;
        }

        if (unlabelled == pictures.Count)
            throw new CommandException($"No file in '{request.Annotations}' is called like a picture in '{request.Images}', as '{Path.GetFileName(LabelFile(request.Annotations, pictures[0]))}' would be; correct --annotations.");
        if (unlabelled > 0) notes.Add($"Taken to be empty: {Counted.Of(unlabelled, "picture")} of {pictures.Count} without a label file.");
        var expected = pictures.Select(p => LabelFile(request.Annotations, p)).Append(Path.Combine(request.Annotations, NamesFile)).ToHashSet(StringComparer.Ordinal);
        var strays = Directory.EnumerateFiles(request.Annotations, "*.txt").Count(f => !expected.Contains(f));
        if (strays > 0) notes.Add($"Left out: {Counted.Of(strays, "label file")} in '{request.Annotations}' without a picture in '{request.Images}'.");
        return new EvalAnnotations(new AnnotatedSet(images, Categories(request.Annotations, objects, labels), objects), pictures, notes);
    }

    /// <summary>File names that are numbers are the ids that other tools give these pictures; otherwise their place.</summary>
    private static long[] Ids(IReadOnlyList<string> pictures)
    {
        var numbers = pictures.Select(p => long.TryParse(Path.GetFileNameWithoutExtension(p), out var number) && number >= 0 ? number : -1).ToArray();
        return numbers.Contains(-1) || numbers.Distinct().Count() < numbers.Length ? [.. Enumerable.Range(1, numbers.Length).Select(static i => (long)i)] : numbers;
    }

    private static AnnotatedCategory[] Categories(string folder, List<GroundTruth> objects, IReadOnlyList<string>? labels)
    {
        var file = Path.Combine(folder, NamesFile);
        var names = File.Exists(file) ? YoloLabels.ParseNames(EvalFiles.Read(file, "--annotations", YoloLabels.MaxBytes), file) : labels;
        var classes = objects.Count == 0 ? 0 : objects.Max(static o => o.Category) + 1;
        if (names is not null && classes > names.Count)
            throw new CommandException($"The labels in '{folder}' go up to class {classes - 1} where {(ReferenceEquals(names, labels) ? "the model" : NamesFile)} names {names.Count} classes; put a {NamesFile} with all names into that folder.");
        return [.. (names ?? [.. Enumerable.Range(0, classes).Select(static i => $"class {i}")]).Select(static (name, i) => new AnnotatedCategory(i, name))];
    }

    private static string LabelFile(string folder, string picture) => Path.Combine(folder, Path.GetFileNameWithoutExtension(picture) + ".txt");
}
