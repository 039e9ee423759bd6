using EdgeVision.Configuration;
using EdgeVision.Evidence;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Evidence;

public sealed class EvidenceRuleTests
{
    private static readonly EvidenceOptions Options = OptionsReader.Defaults(EvidenceOptions.Read) with { Enabled = true };

    private readonly FakeTimeProvider _time = new();

    public static TheoryData<string, string[], string[], int> Subjects => new()
    {
        { "the most confident", [], ["person 0.5", "car 0.9", "bicycle 0.7"], 1 },
        { "the most confident that is worth it", ["Person", "bicycle"], ["person 0.5", "car 0.9", "bicycle 0.7"], 2 },
        { "nothing that is worth it", ["person"], ["car 0.9"], -1 },
        { "nothing at all", [], [], -1 },
    };

    [Theory]
    [MemberData(nameof(Subjects))]
    public void The_subject_is_the_most_confident_object_that_is_worth_a_picture(string row, string[] classes, string[] seen, int expected)
    {
        Assert.NotEmpty(row);
        var objects = seen.Select(o => o.Split(' ')).Select((o, i) => Some.Detection(Some.Model.Labels.ToList().IndexOf(o[0]), float.Parse(o[1], System.Globalization.CultureInfo.InvariantCulture), left: i)).ToArray();

        var subject = new EvidenceRule(_time).Subject(Options with { Classes = classes }, Some.Frame(objects: objects), isAnswer: false);

        Assert.Equal(expected < 0 ? null : objects[expected], subject);
    }

    [Fact]
    public void Between_two_pictures_lies_the_gap_but_not_between_pulses_and_nothing_is_taken_while_it_is_off()
    {
        var (rule, seen) = (new EvidenceRule(_time), Some.Frame(objects: [Some.Detection()]));
        Assert.Null(rule.Subject(Options with { Enabled = false }, seen, isAnswer: true));
        Assert.NotNull(rule.Subject(Options, seen, isAnswer: false));
        Assert.NotNull(rule.Subject(Options, seen, isAnswer: false)); // the first was not kept
        rule.Kept();
        _time.Advance(Options.MinimumGap - TimeSpan.FromMilliseconds(1));
        Assert.Null(rule.Subject(Options, seen, isAnswer: false));
        Assert.NotNull(rule.Subject(Options, seen, isAnswer: true));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.NotNull(rule.Subject(Options, seen, isAnswer: false));
    }
}
