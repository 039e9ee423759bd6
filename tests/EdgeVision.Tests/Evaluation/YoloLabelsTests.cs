using System.Text;
using EdgeVision.Evaluation;

namespace EdgeVision.Tests.Evaluation;

public sealed class YoloLabelsTests
{
    [Fact]
    public void Shares_of_the_picture_become_pixels()
    {
        var objects = Parse("0 0.5 0.5 0.25 0.5\r\n\n  12\t0 1 0 0  \n");
        Assert.Equal([new GroundTruth(3, 0, new CocoBox(75, 25, 50, 50), false), new GroundTruth(3, 12, new CocoBox(0, 100, 0, 0), false)], objects);
    }

    [Fact]
    public void An_empty_file_is_a_picture_without_objects() => Assert.Empty(Parse(""));

    [Theory]
    [InlineData("too few numbers", "0 0.5 0.5 0.5")]
    [InlineData("a confidence", "0 0.5 0.5 0.5 0.5 0.9")]
    [InlineData("a polygon", "0 0.1 0.1 0.2 0.1 0.2 0.2")]
    [InlineData("pixels", "0 320 240 100 50")]
    [InlineData("a negative share", "0 -0.1 0.5 0.5 0.5")]
    [InlineData("no number", "0 0.5 0.5 0.5 wide")]
    [InlineData("not a number", "0 NaN 0.5 0.5 0.5")]
    [InlineData("a name for a class", "cat 0.5 0.5 0.5 0.5")]
    [InlineData("a class with a fraction", "1.5 0.5 0.5 0.5 0.5")]
    [InlineData("a class beyond all", "10000 0.5 0.5 0.5 0.5")]
    [InlineData("a negative class", "-1 0.5 0.5 0.5 0.5")]
    [InlineData("a comma", "0 0,5 0,5 0,5 0,5")]
    [InlineData("what a terminal would obey", "\u001b[31m 0.5 0.5 0.5 0.5")]
    public void A_line_that_is_no_label_is_quoted_with_its_number(string row, string line)
    {
        var message = Assert.Throws<EvaluationException>(() => Parse("1 0.5 0.5 0.5 0.5\n" + line)).Message;
        Assert.StartsWith("'1.txt' line 2 is '", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', message);
        Assert.NotEmpty(row);
    }

    [Fact]
    public void Names_are_one_a_line_and_different()
    {
        Assert.Equal(["cat", "dog"], YoloLabels.ParseNames("cat\ndog\n"u8, "classes.txt"));
        Assert.Contains("names a class twice", Assert.Throws<EvaluationException>(() => YoloLabels.ParseNames("cat\ncat"u8, "classes.txt")).Message, StringComparison.Ordinal);
        Assert.Contains("is empty", Assert.Throws<EvaluationException>(() => YoloLabels.ParseNames(""u8, "classes.txt")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Contains("is not text", Assert.Throws<EvaluationException>(() => YoloLabels.Parse([0xC3, 0x28], "1.txt", 0, 10, 10)).Message, StringComparison.Ordinal);

    [Fact]
    public void Mutated_labels_are_read_or_refused_and_never_crash() => Fuzz.Mutations("0 0.5 0.5 0.25 0.5\n12 0 1 0 0\n"u8.ToArray(), 5000, bytes =>
    {
        try
        {
            foreach (var o in YoloLabels.Parse(bytes, "fuzz", 0, 200, 100))
            {
                Assert.InRange(o.Category, 0, YoloLabels.MaxClasses - 1);
                Assert.InRange(o.Box.Width, 0, 200);
                Assert.InRange(o.Box.Height, 0, 100);
            }
        }
        catch (EvaluationException)
        {
            // The other answer that is allowed.
        }
    });

    private static IReadOnlyList<GroundTruth> Parse(string text) => YoloLabels.Parse(Encoding.UTF8.GetBytes(text), "1.txt", 3, 200, 100);
}
