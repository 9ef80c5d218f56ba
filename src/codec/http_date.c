/* SPDX-License-Identifier: ISC */
/*
 * Dates of HTTP. webdir.c compares them.
 */
#include "rung/codec/webdir.h"

#include <stdio.h>
#include <time.h>

enum { TEXT_MAX = 40 };

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

int http_date_put(int64_t seconds, struct buf *out)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	time_t t = (time_t)seconds;
	struct tm tm;
	if (!gmtime_r(&t, &tm))
		return -1;
	return buf_printf(out, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
			  days + 3 * tm.tm_wday, tm.tm_mday,
			  months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour,
			  tm.tm_min, tm.tm_sec);
}

/* Reads the fields of the three forms. Result: false: another form. */
static bool read_fields(const char *text, struct tm *tm, char month[4])
{
	int end = 0;
	sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n",
	       &tm->tm_mday, month, &tm->tm_year, &tm->tm_hour, &tm->tm_min,
	       &tm->tm_sec, &end);
	if (!end)
		sscanf(text,
		       "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n",
		       &tm->tm_mday, month, &tm->tm_year, &tm->tm_hour,
		       &tm->tm_min, &tm->tm_sec, &end);
	if (!end)
		sscanf(text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n",
		       month, &tm->tm_mday, &tm->tm_hour, &tm->tm_min,
		       &tm->tm_sec, &tm->tm_year, &end);
	return end && !text[end];
}

static bool is_in_range(const struct tm *tm)
{
	return tm->tm_mday >= 1 && tm->tm_mday <= 31 && tm->tm_hour >= 0 &&
	       tm->tm_hour <= 23 && tm->tm_min >= 0 && tm->tm_min <= 59 &&
	       tm->tm_sec >= 0 && tm->tm_sec <= 60 && tm->tm_year >= 0;
}

/* Returns the year, which has two digits in the second form. A year that would
 * be more than 50 years ahead is in the past. */
static int full_year(int year, int64_t now)
{
	time_t t = (time_t)now;
	struct tm tm;
	if (year > 99 || !gmtime_r(&t, &tm))
		return year;
	int this_year = tm.tm_year + 1900;
	year += this_year - this_year % 100;
	return year > this_year + 50 ? year - 100 : year;
}

bool http_date_read(struct bytes text, int64_t now, int64_t *seconds)
{
	struct tm tm = {.tm_year = -1};
	char copy[TEXT_MAX], month[4] = "";
	if (!text.len || text.len >= sizeof copy)
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	if (strlen(copy) != text.len || !read_fields(copy, &tm, month) ||
	    !is_in_range(&tm))
		return false;
	const char *at = strstr(months, month);
	if (!at || (at - months) % 3)
		return false;
	tm.tm_mon = (int)(at - months) / 3;
	tm.tm_year = full_year(tm.tm_year, now) - 1900;
	*seconds = timegm(&tm);
	return true;
}
