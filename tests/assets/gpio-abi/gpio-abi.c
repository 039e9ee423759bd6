// Prints what the kernel's header makes of the GPIO structures: "structure bytes", "structure.field offset bytes", "request number". README.md beside this file.
#include <linux/gpio.h>
#include <stddef.h>
#include <stdio.h>

#define SIZE(s) printf(#s " %zu\n", sizeof(struct s))
#define FIELD(s, f) printf(#s "." #f " %zu %zu\n", offsetof(struct s, f), sizeof(((struct s *)0)->f))
#define REQUEST(r) printf(#r " %lu\n", (unsigned long)(r))

int main(void)
{
    SIZE(gpiochip_info);
    FIELD(gpiochip_info, name);
    FIELD(gpiochip_info, label);
    FIELD(gpiochip_info, lines);
    SIZE(gpio_v2_line_values);
    FIELD(gpio_v2_line_values, bits);
    FIELD(gpio_v2_line_values, mask);
    SIZE(gpio_v2_line_attribute);
    FIELD(gpio_v2_line_attribute, id);
    FIELD(gpio_v2_line_attribute, padding);
    FIELD(gpio_v2_line_attribute, flags);
    FIELD(gpio_v2_line_attribute, debounce_period_us);
    SIZE(gpio_v2_line_config_attribute);
    FIELD(gpio_v2_line_config_attribute, attr);
    FIELD(gpio_v2_line_config_attribute, mask);
    SIZE(gpio_v2_line_config);
    FIELD(gpio_v2_line_config, flags);
    FIELD(gpio_v2_line_config, num_attrs);
    FIELD(gpio_v2_line_config, padding);
    FIELD(gpio_v2_line_config, attrs);
    SIZE(gpio_v2_line_request);
    FIELD(gpio_v2_line_request, offsets);
    FIELD(gpio_v2_line_request, consumer);
    FIELD(gpio_v2_line_request, config);
    FIELD(gpio_v2_line_request, num_lines);
    FIELD(gpio_v2_line_request, event_buffer_size);
    FIELD(gpio_v2_line_request, padding);
    FIELD(gpio_v2_line_request, fd);
    SIZE(gpio_v2_line_info);
    FIELD(gpio_v2_line_info, name);
    FIELD(gpio_v2_line_info, consumer);
    FIELD(gpio_v2_line_info, offset);
    FIELD(gpio_v2_line_info, num_attrs);
    FIELD(gpio_v2_line_info, flags);
    FIELD(gpio_v2_line_info, attrs);
    FIELD(gpio_v2_line_info, padding);
    SIZE(gpio_v2_line_event);
    FIELD(gpio_v2_line_event, timestamp_ns);
    FIELD(gpio_v2_line_event, id);
    FIELD(gpio_v2_line_event, offset);
    FIELD(gpio_v2_line_event, seqno);
    FIELD(gpio_v2_line_event, line_seqno);
    FIELD(gpio_v2_line_event, padding);
    REQUEST(GPIO_GET_CHIPINFO_IOCTL);
    REQUEST(GPIO_V2_GET_LINEINFO_IOCTL);
    REQUEST(GPIO_V2_GET_LINE_IOCTL);
    REQUEST(GPIO_V2_LINE_GET_VALUES_IOCTL);
    REQUEST(GPIO_V2_LINE_SET_VALUES_IOCTL);
    return 0;
}
