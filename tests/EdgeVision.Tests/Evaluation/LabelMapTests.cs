using EdgeVision.Evaluation;

namespace EdgeVision.Tests.Evaluation;

public sealed class LabelMapTests
{
    private static readonly AnnotatedCategory[] Categories = [new(1, "person"), new(7, "traffic light"), new(90, "Tv")];

    [Fact]
    public void Names_meet_whatever_their_ids_case_and_dashes()
    {
        var map = new LabelMap(["tv", "unicorn", "Traffic_Light", "PERSON"], Categories);
        Assert.Equal([2, -1, 1, 0], Enumerable.Range(0, 4).Select(map.CategoryOf));
        Assert.Equal([3, 2, 0], Enumerable.Range(0, 3).Select(map.ClassOf));
        Assert.True(map.Any);
    }

    [Fact]
    public void What_is_left_over_on_either_side_is_known()
    {
        var map = new LabelMap(["unicorn", "person"], Categories);
        Assert.Equal(["unicorn"], map.LabelsWithoutCategory);
        Assert.Equal([1, 2], map.CategoriesWithoutLabel);
        Assert.Equal(-1, map.ClassOf(2));
        Assert.False(new LabelMap(["unicorn"], Categories).Any);
    }

    [Fact]
    public void A_name_as_it_is_written_wins_over_one_that_is_alike()
    {
        var map = new LabelMap(["Tv", "tv"], [new(1, "tv"), new(2, "Tv")]);
        Assert.Equal([1, 0], Enumerable.Range(0, 2).Select(map.CategoryOf));
    }
}
