using EdgeVision.Configuration;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Module.Privacy;

namespace EdgeVision.IntegrationTests.Module.Evidence;

public sealed class PictureDoorTests
{
    private PrivacyOptions _privacy = OptionsReader.Defaults(PrivacyOptions.Read);

    [Fact]
    public void A_class_that_is_named_between_detection_and_picture_costs_that_picture()
    {
        var door = new PictureDoor(() => _privacy);
        Detection[] found = [new Detection(0, 0.9f, new Box(10, 10, 20, 20))];

        var hidden = door.Hidden(found, ["person"]);
        Assert.Null(door.Refusal(hidden is not null));
        _privacy = _privacy with { BlurClasses = ["person"] };

        Assert.NotNull(door.Refusal(hidden is not null)); // it would show somebody who is to be hidden
        Assert.Single(door.Hidden(found, ["person"])!);
    }
}
