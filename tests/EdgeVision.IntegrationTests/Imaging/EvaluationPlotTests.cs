using CsCheck;
using EdgeVision.Evaluation;
using EdgeVision.Frames;
using EdgeVision.Imaging.Plots;
using SkiaSharp;

namespace EdgeVision.IntegrationTests.Imaging;

public sealed class EvaluationPlotTests
{
    private static readonly AnnotatedSet Set = new(
        [new AnnotatedImage(1, "a.jpg", 400, 300)],
        [new AnnotatedCategory(1, "person"), new AnnotatedCategory(2, "a name that is far too long for the little room above a panel")],
        [new GroundTruth(0, 0, new CocoBox(20, 20, 60, 60), false), new GroundTruth(0, 1, new CocoBox(250, 200, 50, 60), false)]);

    private static readonly ScoredDetection[] Detections = [new(0, 0, new CocoBox(20, 20, 60, 50), 0.8), new(0, 0, new CocoBox(250, 200, 50, 60), 0.7)];

    private static readonly EvaluationResult Result = CocoEvaluation.Evaluate(Set, Detections);

    [Fact]
    public void Curves_have_their_colours_and_their_size()
    {
        using var picture = SKBitmap.Decode(PrecisionRecallPlot.Overall(Result, ThresholdProposal.Propose(Result), "model", "on pictures"));
        Assert.Equal((1640, 880), (picture.Width, picture.Height));
        foreach (var colour in (SKColor[])[PlotColours.Blue, PlotColours.Green, PlotColours.Orange, PlotColours.Ink]) Assert.True(Count(picture, colour) > 100, colour.ToString());
    }

    [Fact]
    public void A_precision_of_1_is_a_line_at_the_top_and_nothing_found_one_at_the_bottom()
    {
        var person = new AnnotatedSet(Set.Images, [Set.Categories[0]], [Set.Objects[0]]);
        Assert.Equal(200, BlueLine(CocoEvaluation.Evaluate(person, [new ScoredDetection(0, 0, Set.Objects[0].Box, 0.9)])), 3.0);
        Assert.Equal(800, BlueLine(CocoEvaluation.Evaluate(person, [])), 3.0);

        // Recall 0.3 of the left panel; the curves lie over each other, so any of their colours tells.
        static double BlueLine(EvaluationResult result)
        {
            using var picture = SKBitmap.Decode(PrecisionRecallPlot.Overall(result, ThresholdProposal.Propose(result), "", ""));
            for (var y = 190; y < 820; y++)
            {
                if (picture.GetPixel(320, y) == PlotColours.Green) return y;
            }

            return -1;
        }
    }

    [Fact]
    public void Small_multiples_are_as_many_as_there_are_classes_with_objects()
    {
        using var picture = SKBitmap.Decode(PrecisionRecallPlot.PerClass(Result, new string('w', 500)));
        Assert.Equal((980, 450), (picture.Width, picture.Height));
        var many = new AnnotatedSet(Set.Images, [.. Enumerable.Range(0, 90).Select(static i => new AnnotatedCategory(i, $"c{i}"))], [.. Enumerable.Range(0, 90).Select(static i => new GroundTruth(0, i, new CocoBox(0, 0, 9, 9), false))]);
        using var wall = SKBitmap.Decode(PrecisionRecallPlot.PerClass(CocoEvaluation.Evaluate(many, []), "model"));
        Assert.Equal((1880, 150 + (8 * 280) + 20), (wall.Width, wall.Height));
        Assert.Null(PrecisionRecallPlot.PerClass(CocoEvaluation.Evaluate(Set with { Objects = [] }, []), "model"));
    }

    [Fact]
    public void Every_kind_of_mistake_is_drawn_with_truth_and_detection_in_their_colours()
    {
        var pool = new FramePool();
        var painter = new MistakePicture(Set, Detections, static _ => 0);
        using (var frame = Pictures.Grey(pool, 400, 300))
        {
            foreach (var kind in Enum.GetValues<MistakeKind>())
            {
                var mistake = new Mistake(kind, 0, kind is MistakeKind.FalseAlarm ? null : 1, kind is MistakeKind.Missed ? null : 1, 0.4, 0.5);
                using var picture = SKBitmap.Decode(painter.Encode(mistake, frame));
                Assert.Equal((720, 616), (picture.Width, picture.Height));
                Assert.True((kind is MistakeKind.FalseAlarm) == (CountView(picture, PlotColours.Truth) < 400), kind.ToString());
                Assert.True((kind is MistakeKind.Missed) == (CountView(picture, PlotColours.Detection) < 400), kind.ToString());
                Assert.Matches("^[a-z-]+$", MistakePicture.NameOf(mistake, Set, Detections));
            }
        }

        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void The_view_shows_all_of_the_mistake_and_nothing_beside_the_picture() =>
        Gen.Select(Gen.Int[1, 5000], Gen.Int[1, 5000], Gen.Float[0, 1], Gen.Float[0, 1], Gen.Float[0, 1], Gen.Float[0, 1]).Sample((width, height, x, y, w, h) =>
        {
            var about = SKRect.Create(x * width * 0.9f, y * height * 0.9f, w * width * 0.1f, h * height * 0.1f);
            var (scale, left, top) = MistakePicture.View(width, height, about);
            var (viewWidth, viewHeight) = (MistakePicture.Width / scale, MistakePicture.ViewHeight / scale);
            const float Slack = 0.01f;
            Assert.True(about.Left >= left - (Slack * width) && about.Right <= left + viewWidth + (Slack * width), "horizontally");
            Assert.True(about.Top >= top - (Slack * height) && about.Bottom <= top + viewHeight + (Slack * height), "vertically");
            Assert.True(viewWidth >= width || (left >= -1 && left + viewWidth <= width + 1 + (Slack * width)));
            Assert.True(viewHeight >= height || (top >= -1 && top + viewHeight <= height + 1 + (Slack * height)));
        }, iter: 1000);

    [Fact]
    public void The_contact_sheet_has_room_for_all()
    {
        using var blank = new SKBitmap(720, 616);
        var tile = blank.Encode(SKEncodedImageFormat.Png, 90).ToArray();
        using var sheet = SKBitmap.Decode(ContactSheet.Encode("mistakes", [.. Enumerable.Repeat(tile, 12)]));
        Assert.Equal((14 + (4 * 554), 76 + (3 * 476)), (sheet.Width, sheet.Height));
    }

    [Fact]
    public void The_size_of_a_picture_is_the_one_that_loading_gives()
    {
        using var folder = new TempFolder();
        var pool = new FramePool();
        foreach (var path in (string[])[Repository.Asset("people/sample1.jpg"), folder.Write("a.jpg", Pictures.Jpeg(33, 17))])
        {
            using var frame = EdgeVision.Imaging.PictureFile.Load(path, pool, TimeProvider.System);
            Assert.Equal((frame.Width, frame.Height), EdgeVision.Imaging.PictureSize.Read(path));
        }

        Assert.Equal(0, pool.Rented);
        foreach (var path in (string[])[folder.PathOf("missing.jpg"), folder.Write("text.jpg", "text"u8)])
            Sentence.IsOne(Assert.Throws<EdgeVision.Imaging.PictureException>(() => EdgeVision.Imaging.PictureSize.Read(path)).Message, path);
    }

    private static int Count(SKBitmap picture, SKColor colour) => Count(picture, colour, 0, tolerance: 0);

    /// <summary>Below the head, which has a legend; JPEG moves colours a little.</summary>
    private static int CountView(SKBitmap picture, SKColor colour) => Count(picture, colour, MistakePicture.Head, tolerance: 24);

    private static int Count(SKBitmap picture, SKColor colour, int from, int tolerance)
    {
        var count = 0;
        for (var y = from; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                var p = picture.GetPixel(x, y);
                if (Math.Abs(p.Red - colour.Red) <= tolerance && Math.Abs(p.Green - colour.Green) <= tolerance && Math.Abs(p.Blue - colour.Blue) <= tolerance) count++;
            }
        }

        return count;
    }
}
